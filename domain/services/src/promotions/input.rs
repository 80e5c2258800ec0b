//! What staff says of a promotion, by natural keys, turned into what the model knows.

use std::{collections::HashMap, sync::Arc};

use model::{
    BasisPoints, Currency, Money, Patch, Quantity, Slug, Timestamp,
    catalog::{Product, Taxonomy},
    channels::Channel,
    ids::{CategoryId, ChannelId, CollectionId, ProductId},
    promotions::{Conditions, DiscountClass, NewCode, ProductSelector, Promotion, PromotionAction, PromotionDraft},
    settings::Settings,
};
use persistence::customers::groups;

use super::{InvalidPromotion, PromotionRefusal};
use crate::{App, ServiceResult, catalog::Ref};

/// What is said of a promotion. What is absent stays as it is, or gets its default in a new one.
#[derive(Debug, Clone, Default)]
pub struct PromotionInput {
    /// What shoppers and staff read; needed for a new one.
    pub name: Option<String>,
    /// Channels it holds in.
    pub channels: Option<Vec<Ref>>,
    /// When it begins.
    pub starts_at: Patch<Timestamp>,
    /// When it has ended.
    pub ends_at: Patch<Timestamp>,
    /// Higher ones are taken first.
    pub priority: Option<i32>,
    /// Classes of promotions it may be combined with.
    pub combines_with: Option<Vec<DiscountClass>>,
    /// The currency of its amounts; that of its channels where they have the same one.
    pub currency: Option<Currency>,
    /// What must hold.
    pub conditions: Option<ConditionsInput>,
    /// What it takes off; needed for a new one.
    pub action: Option<ActionInput>,
    /// The codes that let a new one in; none makes it automatic.
    pub codes: Vec<NewCode>,
}

/// What must hold.
#[derive(Debug, Clone, Default)]
pub struct ConditionsInput {
    /// What the goods must cost, as a decimal in the currency.
    pub minimum_subtotal: Option<String>,
    /// How many units there must be.
    pub minimum_quantity: Option<i64>,
    /// Slugs of customer groups.
    pub customer_groups: Vec<String>,
    /// Which goods count.
    pub products: Option<SelectorInput>,
}

/// Which goods.
#[derive(Debug, Clone, Default)]
pub struct SelectorInput {
    /// Categories.
    pub categories: Vec<Ref>,
    /// Collections.
    pub collections: Vec<Ref>,
    /// Products, by id.
    pub products: Vec<Ref>,
}

/// What a promotion takes off; amounts and percentages as decimals.
#[derive(Debug, Clone)]
pub enum ActionInput {
    /// A part of what the goods cost.
    PercentageOff {
        /// The part.
        percent: String,
        /// Which goods.
        target: Option<SelectorInput>,
    },
    /// An amount, once.
    AmountOff {
        /// The amount.
        amount: String,
        /// Which goods.
        target: Option<SelectorInput>,
    },
    /// Each unit costs this at most.
    FixedPrice {
        /// The price.
        amount: String,
        /// Which goods.
        target: SelectorInput,
    },
    /// The last units of each group are reduced.
    BuyXGetY {
        /// Units paid in full.
        buy: u32,
        /// Units reduced.
        get: u32,
        /// How much.
        percent: String,
        /// Which goods.
        target: SelectorInput,
    },
    /// Delivery costs nothing.
    FreeShipping {
        /// Handles of methods.
        methods: Vec<String>,
    },
}

/// What names are looked up in, read before anything is decided.
pub(super) struct Lookup {
    settings: Arc<Settings>,
    taxonomy: Arc<Taxonomy>,
    products: HashMap<ProductId, Arc<Product>>,
    groups: Vec<Slug>,
}

impl Lookup {
    /// Reads what the input names: one statement for customer groups, when there are any, and the caches.
    pub(super) async fn load(app: &App, input: &PromotionInput) -> ServiceResult<Self> {
        let named: Vec<ProductId> =
            input.selectors().flat_map(|selector| &selector.products).filter_map(|id| id.0.parse().ok()).collect();
        let names_groups = input.conditions.as_ref().is_some_and(|conditions| !conditions.customer_groups.is_empty());
        let groups = if names_groups {
            let groups = groups::list(&mut *app.db.read().await?).await?;
            groups.into_iter().map(|group| group.slug).collect()
        } else {
            Vec::new()
        };
        Ok(Self {
            settings: app.settings.current(&app.db).await?,
            taxonomy: app.catalog.taxonomy().await?,
            products: app.catalog.products(&named).await?,
            groups,
        })
    }

    /// The draft that the input describes, on top of what the promotion is already.
    pub(super) fn draft(
        &self,
        input: PromotionInput,
        before: Option<&Promotion>,
    ) -> Result<PromotionDraft, Vec<PromotionRefusal>> {
        let mut reader = Reader { lookup: self, currency: None, refusals: Vec::new() };
        let channels = match input.channels {
            Some(named) => reader.channels(&named),
            None => before.map(|before| before.channels.clone()).unwrap_or_default(),
        };
        reader.currency = input.currency.or_else(|| self.currency_of(&channels));
        let conditions = input.conditions.map(|conditions| reader.conditions(conditions));
        let action = input.action.map(|action| reader.action(action));
        let (mut starts_at, mut ends_at) = before.map_or((None, None), |before| (before.starts_at, before.ends_at));
        input.starts_at.apply(&mut starts_at);
        input.ends_at.apply(&mut ends_at);
        let action = match (action, before) {
            (Some(action), _) => action,
            (None, Some(before)) => Some(before.action.clone()),
            (None, None) => None,
        };
        let Some(action) = action.filter(|_| reader.refusals.is_empty()) else {
            if reader.refusals.is_empty() {
                reader.refuse(InvalidPromotion::Required, &["action"]);
            }
            return Err(reader.refusals);
        };
        Ok(PromotionDraft {
            name: input.name.or_else(|| before.map(|before| before.name.clone())).unwrap_or_default(),
            channels,
            starts_at,
            ends_at,
            priority: input.priority.or(before.map(|before| before.priority)).unwrap_or_default(),
            combines_with: input
                .combines_with
                .map(|classes| classes.into_iter().collect())
                .or_else(|| before.map(|before| before.combines_with.clone()))
                .unwrap_or_default(),
            conditions: conditions.or_else(|| before.map(|before| before.conditions.clone())).unwrap_or_default(),
            action,
        })
    }

    /// The currency that the channels have in common; every channel counts where none is named.
    fn currency_of(&self, channels: &[ChannelId]) -> Option<Currency> {
        let counts = |channel: &&Arc<Channel>| channels.is_empty() || channels.contains(&channel.id);
        let mut currencies =
            self.settings.channels.iter().filter(counts).filter_map(|channel| channel.default_currency());
        let first = currencies.next()?;
        currencies.all(|currency| currency == first).then_some(first)
    }
}

impl PromotionInput {
    fn selectors(&self) -> impl Iterator<Item = &SelectorInput> {
        let condition = self.conditions.as_ref().and_then(|conditions| conditions.products.as_ref());
        let target = match &self.action {
            Some(ActionInput::PercentageOff { target, .. } | ActionInput::AmountOff { target, .. }) => target.as_ref(),
            Some(ActionInput::FixedPrice { target, .. } | ActionInput::BuyXGetY { target, .. }) => Some(target),
            Some(ActionInput::FreeShipping { .. }) | None => None,
        };
        condition.into_iter().chain(target)
    }
}

/// Reads the parts of an input and collects what is wrong with them.
struct Reader<'a> {
    lookup: &'a Lookup,
    currency: Option<Currency>,
    refusals: Vec<PromotionRefusal>,
}

impl Reader<'_> {
    fn refuse(&mut self, error: InvalidPromotion, path: &[&str]) {
        let refusal = PromotionRefusal::at(error, path);
        if !self.refusals.contains(&refusal) {
            self.refusals.push(refusal);
        }
    }

    fn channels(&mut self, named: &[Ref]) -> Vec<ChannelId> {
        let settings = self.lookup.settings.clone();
        let find = |text: &str| {
            let by_id = text.parse().ok().and_then(|id| settings.channel_by_id(id));
            by_id.or_else(|| settings.channel(text)).map(|channel| channel.id)
        };
        self.all(named, &InvalidPromotion::UnknownChannel, &["channels"], find)
    }

    fn conditions(&mut self, input: ConditionsInput) -> Conditions {
        let minimum_subtotal =
            input.minimum_subtotal.and_then(|amount| self.money(&amount, &["conditions", "minimumSubtotal"]));
        let minimum_quantity = input.minimum_quantity.and_then(|quantity| {
            let quantity = Quantity::try_from(quantity).ok();
            if quantity.is_none() {
                self.refuse(InvalidPromotion::Quantity, &["conditions", "minimumQuantity"]);
            }
            quantity
        });
        let groups = self.lookup.groups.clone();
        let named: Vec<Ref> = input.customer_groups.into_iter().map(Ref::from).collect();
        let path = ["conditions", "customerGroups"];
        let find = |text: &str| groups.iter().find(|group| group.as_str() == text).cloned();
        let customer_groups = self.all(&named, &InvalidPromotion::UnknownCustomerGroup, &path, find);
        let products = input.products.map(|selector| self.selector(&selector, &["conditions", "products"]));
        Conditions { minimum_subtotal, minimum_quantity, customer_groups, products }
    }

    fn action(&mut self, input: ActionInput) -> Option<PromotionAction> {
        Some(match input {
            ActionInput::PercentageOff { percent, target } => PromotionAction::PercentageOff {
                target: target.map(|target| self.selector(&target, &["action", "percentageOff", "target"])),
                basis_points: self.percent(&percent, &["action", "percentageOff", "percent"])?,
            },
            ActionInput::AmountOff { amount, target } => PromotionAction::AmountOff {
                target: target.map(|target| self.selector(&target, &["action", "amountOff", "target"])),
                amount: self.money(&amount, &["action", "amountOff", "amount"])?,
            },
            ActionInput::FixedPrice { amount, target } => PromotionAction::FixedPrice {
                target: self.selector(&target, &["action", "fixedPrice", "target"]),
                price: self.money(&amount, &["action", "fixedPrice", "amount"])?,
            },
            ActionInput::BuyXGetY { buy, get, percent, target } => PromotionAction::BuyXGetY {
                buy,
                get,
                target: self.selector(&target, &["action", "buyXGetY", "target"]),
                basis_points: self.percent(&percent, &["action", "buyXGetY", "percent"])?,
            },
            ActionInput::FreeShipping { methods } => PromotionAction::FreeShipping { methods },
        })
    }

    fn selector(&mut self, input: &SelectorInput, path: &[&str]) -> ProductSelector {
        let (taxonomy, products) = (self.lookup.taxonomy.clone(), &self.lookup.products);
        let category = |text: &str| {
            let by_id = text.parse::<CategoryId>().ok().filter(|id| taxonomy.categories.contains_key(id));
            by_id.or_else(|| taxonomy.category_by_slug(text).map(|category| category.id))
        };
        let collection = |text: &str| {
            let by_id = text.parse::<CollectionId>().ok().filter(|id| taxonomy.collections.contains_key(id));
            by_id.or_else(|| taxonomy.collection_by_slug(text).map(|collection| collection.id))
        };
        let product = |text: &str| text.parse::<ProductId>().ok().filter(|id| products.contains_key(id));
        let at = |part| [path, &[part]].concat();
        ProductSelector {
            categories: self.all(&input.categories, &InvalidPromotion::UnknownCategory, &at("categories"), category),
            collections: self.all(
                &input.collections,
                &InvalidPromotion::UnknownCollection,
                &at("collections"),
                collection,
            ),
            products: self.all(&input.products, &InvalidPromotion::UnknownProduct, &at("products"), product),
        }
    }

    /// What each name stands for; one that stands for nothing is refused with its place.
    fn all<T>(
        &mut self,
        named: &[Ref],
        error: &InvalidPromotion,
        path: &[&str],
        find: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let mut found = Vec::with_capacity(named.len());
        for (at, name) in named.iter().enumerate() {
            match find(&name.0) {
                Some(one) => found.push(one),
                None => self.refuse(error.clone(), &[path, &[at.to_string().as_str()]].concat()),
            }
        }
        found
    }

    fn money(&mut self, amount: &str, path: &[&str]) -> Option<Money> {
        let Some(currency) = self.currency else {
            self.refuse(InvalidPromotion::CurrencyRequired, &["currencyCode"]);
            return None;
        };
        let money = Money::parse(amount, currency);
        if let Err(error) = money {
            self.refuse(InvalidPromotion::Money(error), path);
        }
        money.ok()
    }

    fn percent(&mut self, percent: &str, path: &[&str]) -> Option<i64> {
        let basis_points = BasisPoints::parse(percent);
        if basis_points.is_err() {
            self.refuse(InvalidPromotion::Draft(model::promotions::DraftError::Percentage), path);
        }
        basis_points.ok().map(|percent| percent.0)
    }
}
