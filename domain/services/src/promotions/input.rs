//! The input of promotions: names and decimals, resolved to ids and amounts.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use model::{
    BasisPoints, Currency, Locale, Money, Patch, Quantity, Slug, Timestamp,
    catalog::{Product, Taxonomy},
    channels::Channel,
    ids::{CategoryId, ChannelId, CollectionId, ProductId, VariantId},
    promotions::{
        Conditions, DiscountClass, DraftError, NewCode, ProductSelector, Promotion, PromotionAction, PromotionDraft,
    },
    settings::Settings,
};
use persistence::{customers::groups, inventory};
use serde::Serialize;

use super::{InvalidPromotion, PromotionRefusal};
use crate::{App, ServiceResult, catalog::Ref};

/// The largest number of categories, collections or products of a selector.
const MAX_SELECTED: usize = 250;

/// Input of a promotion. Absent fields keep their values, or get their defaults in a new promotion.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PromotionInput {
    /// The name that shoppers and staff see; required for a new promotion.
    pub name: Option<String>,
    /// The name in other locales, as locale and name.
    pub translations: Option<Vec<(String, String)>>,
    /// The channels in which it applies; every channel if empty.
    pub channels: Option<Vec<Ref>>,
    /// The start of its period.
    pub starts_at: Patch<Timestamp>,
    /// The end of its period.
    pub ends_at: Patch<Timestamp>,
    /// Promotions with a higher priority are applied first.
    pub priority: Option<i32>,
    /// The classes of promotions that it combines with.
    pub combines_with: Option<Vec<DiscountClass>>,
    /// The currency of its amounts; absent if its channels share a default currency.
    pub currency: Option<Currency>,
    /// The conditions that a cart must meet.
    pub conditions: Option<ConditionsInput>,
    /// The discount; required for a new promotion.
    pub action: Option<ActionInput>,
    /// The codes that activate a new promotion; without codes it is automatic.
    pub codes: Vec<NewCode>,
}

/// Input of the conditions that a cart must meet.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ConditionsInput {
    /// The minimum subtotal, as a decimal in the currency.
    pub minimum_subtotal: Option<String>,
    /// The minimum number of units.
    pub minimum_quantity: Option<i64>,
    /// The slugs of the customer groups that it is limited to.
    pub customer_groups: Vec<String>,
    /// The products that count.
    pub products: Option<SelectorInput>,
}

/// Input of a selection of products.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SelectorInput {
    /// Categories.
    pub categories: Vec<Ref>,
    /// Collections.
    pub collections: Vec<Ref>,
    /// Products, by id.
    pub products: Vec<Ref>,
}

/// Input of a discount; amounts and percentages are decimals.
#[derive(Debug, Clone, Serialize)]
pub enum ActionInput {
    /// A percentage of the price.
    PercentageOff {
        /// The percentage.
        percent: String,
        /// The reduced products; absent for the whole cart.
        target: Option<SelectorInput>,
    },
    /// An amount per cart.
    AmountOff {
        /// The amount.
        amount: String,
        /// The reduced products; absent for the whole cart.
        target: Option<SelectorInput>,
    },
    /// A maximum price per unit.
    FixedPrice {
        /// The price.
        amount: String,
        /// The reduced products; absent for the whole cart.
        target: SelectorInput,
    },
    /// A discount on the last units of each group of `buy` and `get` units.
    BuyXGetY {
        /// The number of units at full price.
        buy: u32,
        /// The number of reduced units.
        get: u32,
        /// The percentage off the reduced units.
        percent: String,
        /// The reduced products; absent for the whole cart.
        target: SelectorInput,
    },
    /// Free delivery.
    FreeShipping {
        /// The handles of the delivery methods; every method if empty.
        methods: Vec<String>,
    },
    /// A free gift.
    Gift {
        /// The variant that is given.
        item: GiftRef,
        /// The number of units.
        quantity: u32,
    },
}

/// A reference to the variant of a gift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum GiftRef {
    /// By SKU.
    Sku(String),
    /// By the global id of the variant.
    Variant(Ref),
    /// By the global id of a product with one variant.
    Product(Ref),
    /// None of these, or several.
    Ambiguous,
}

/// The objects that the input refers to by name, read before any decision.
pub(super) struct Lookup {
    settings: Arc<Settings>,
    taxonomy: Arc<Taxonomy>,
    products: HashMap<ProductId, Arc<Product>>,
    groups: Vec<Slug>,
    /// The product and variant of the gift, if the action is one and they exist.
    gift: Option<(ProductId, VariantId)>,
}

impl Lookup {
    /// Reads the objects that the input refers to: from the caches, and with one statement for customer groups.
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
        let gift = match &input.action {
            Some(ActionInput::Gift { item, .. }) => gift(app, item).await?,
            _ => None,
        };
        Ok(Self {
            settings: app.settings.current(&app.db).await?,
            taxonomy: app.catalog.taxonomy().await?,
            products: app.catalog.products(&named).await?,
            groups,
            gift,
        })
    }

    /// The draft of a new promotion, or of the change of `before`.
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
        let translations = input.translations.map(|names| reader.translations(names));
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
            // The check of the draft refuses an empty name.
            name: input.name.or_else(|| before.map(|before| before.name.clone())).unwrap_or_default(),
            translations: translations.or_else(|| before.map(|before| before.translations.clone())).unwrap_or_default(),
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

    /// The default currency that the channels share; an empty list stands for every channel.
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
            Some(ActionInput::FreeShipping { .. } | ActionInput::Gift { .. }) | None => None,
        };
        condition.into_iter().chain(target)
    }
}

/// The product and variant of a gift, if they exist.
async fn gift(app: &App, item: &GiftRef) -> ServiceResult<Option<(ProductId, VariantId)>> {
    let (variant, product) = match item {
        GiftRef::Sku(sku) => {
            let items = inventory::items_by_sku(&mut *app.db.read().await?, &[sku]).await?;
            return Ok(items.get(sku).map(|item| (item.product_id, item.variant_id)));
        }
        GiftRef::Variant(id) => {
            let Ok(variant) = id.0.parse::<VariantId>() else { return Ok(None) };
            (Some(variant), app.catalog.products_of_variants(&[variant]).await?.remove(&variant))
        }
        GiftRef::Product(id) => (None, id.0.parse::<ProductId>().ok()),
        GiftRef::Ambiguous => return Ok(None),
    };
    let Some(product) = product else { return Ok(None) };
    let product = app.catalog.products(&[product]).await?.remove(&product);
    Ok(product.and_then(|product| {
        let only = || product.variants.first().filter(|_| product.variants.len() == 1).map(|only| only.id);
        let variant = match variant {
            Some(id) => product.variant(id).map(|variant| variant.id),
            None => only(),
        };
        variant.map(|variant| (product.id, variant))
    }))
}

/// Reads the parts of an input and collects their errors.
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

    /// The names by locale; a locale that is malformed or repeated is refused with its position.
    fn translations(&mut self, names: Vec<(String, String)>) -> BTreeMap<Locale, String> {
        let mut by_locale = BTreeMap::new();
        for (at, (tag, name)) in names.into_iter().enumerate() {
            let locale: Option<Locale> = tag.parse().ok().filter(|locale| !by_locale.contains_key(locale));
            match locale {
                Some(locale) => {
                    by_locale.insert(locale, name);
                }
                None => self.refuse(InvalidPromotion::Locale, &["translations", &at.to_string(), "locale"]),
            }
        }
        by_locale
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
            ActionInput::Gift { item, quantity } => self.gift(&item, quantity)?,
        })
    }

    fn gift(&mut self, item: &GiftRef, quantity: u32) -> Option<PromotionAction> {
        let quantity = Quantity::try_from(i64::from(quantity)).ok();
        if quantity.is_none() {
            self.refuse(InvalidPromotion::Draft(DraftError::GiftQuantity), &["action", "gift", "quantity"]);
        }
        let Some((product, variant)) = self.lookup.gift else {
            let field = match item {
                GiftRef::Sku(_) => "sku",
                GiftRef::Variant(_) => "variantId",
                GiftRef::Product(_) => "productId",
                GiftRef::Ambiguous => {
                    self.refuse(InvalidPromotion::AmbiguousGift, &["action", "gift"]);
                    return None;
                }
            };
            self.refuse(InvalidPromotion::UnknownGift, &["action", "gift", field]);
            return None;
        };
        Some(PromotionAction::Gift { product, variant, quantity: quantity? })
    }

    fn selector(&mut self, input: &SelectorInput, path: &[&str]) -> ProductSelector {
        for (field, named) in
            [("categories", &input.categories), ("collections", &input.collections), ("products", &input.products)]
        {
            if named.len() > MAX_SELECTED {
                self.refuse(InvalidPromotion::TooManySelected, &[path, &[field]].concat());
                return ProductSelector::default();
            }
        }
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

    /// The objects of the names; an unknown name is refused with its position.
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
            self.refuse(InvalidPromotion::Draft(DraftError::Percentage), path);
        }
        basis_points.ok().map(|percent| percent.0)
    }
}
