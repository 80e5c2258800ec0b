//! What the mutations of promotions are given.

use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject};
use chrono::{DateTime, Utc};
use model::{
    Patch,
    promotions::{DiscountClass, NewCode},
};
use schema_shared::{CurrencyCode, Decimal};
use services::{
    catalog::Ref,
    promotions::{ActionInput, ConditionsInput, PromotionInput, SelectorInput},
};

/// A new promotion.
#[derive(InputObject)]
pub struct PromotionCreateInput {
    /// What shoppers and staff read, 1 to 200 characters.
    name: String,
    /// Slugs or ids of the channels it holds in; every one where none is named.
    #[graphql(default)]
    channels: Vec<String>,
    /// When it begins; at once where absent.
    starts_at: Option<DateTime<Utc>>,
    /// When it ends; never where absent.
    ends_at: Option<DateTime<Utc>>,
    /// Promotions of a higher priority are taken first.
    #[graphql(default)]
    priority: i32,
    /// Classes of promotions it may be combined with; both have to allow it.
    #[graphql(default)]
    combines_with: Vec<DiscountClass>,
    /// The currency of its amounts; that of its channels where they have the same one.
    currency_code: Option<CurrencyCode>,
    /// The codes that let it in, at most 1000; none makes it automatic.
    #[graphql(default)]
    codes: Vec<DiscountCodeInput>,
    /// What must hold; nothing where absent.
    conditions: Option<PromotionConditionsInput>,
    /// What it takes off.
    action: PromotionActionInput,
}

/// What to change of a promotion: what is left out stays, null clears.
#[derive(InputObject)]
pub struct PromotionUpdateInput {
    /// The promotion's id.
    pub(super) id: ID,
    /// The version the caller last saw; a promotion that has moved on is not changed.
    pub(super) expected_version: Option<i32>,
    /// What shoppers and staff read.
    name: Option<String>,
    /// Slugs or ids of the channels it holds in; every one where none is named.
    channels: Option<Vec<String>>,
    /// When it begins.
    starts_at: MaybeUndefined<DateTime<Utc>>,
    /// When it ends.
    ends_at: MaybeUndefined<DateTime<Utc>>,
    /// Promotions of a higher priority are taken first.
    priority: Option<i32>,
    /// Classes of promotions it may be combined with.
    combines_with: Option<Vec<DiscountClass>>,
    /// The currency of the amounts in this input; that of its channels where they have the same one.
    currency_code: Option<CurrencyCode>,
    /// What must hold.
    conditions: Option<PromotionConditionsInput>,
    /// What it takes off.
    action: Option<PromotionActionInput>,
}

/// A promotion to be put away.
#[derive(InputObject)]
pub struct PromotionArchiveInput {
    /// The promotion's id.
    pub(super) id: ID,
}

/// More codes for a promotion.
#[derive(InputObject)]
pub struct PromotionCodesAddInput {
    /// The promotion's id.
    pub(super) id: ID,
    /// The codes, at most 1000.
    codes: Vec<DiscountCodeInput>,
}

/// A code that lets a promotion in.
#[derive(InputObject)]
pub struct DiscountCodeInput {
    /// The code, 1 to 64 characters without spaces; upper and lower case are the same.
    code: String,
    /// How often it may be used in all; any number of times where absent.
    usage_limit: Option<i32>,
    /// How often one customer may use it; any number of times where absent.
    usage_limit_per_customer: Option<i32>,
}

/// What must hold, measured on the goods before any discount.
#[derive(InputObject)]
pub struct PromotionConditionsInput {
    /// What the goods must cost together, with tax where the channel's prices include it.
    minimum_subtotal: Option<Decimal>,
    /// How many units there must be.
    minimum_quantity: Option<i32>,
    /// Slugs of customer groups, one of which the buyer must be in; anybody where none is named.
    #[graphql(default)]
    customer_groups: Vec<String>,
    /// Which goods count, and that there is one of them; all where absent.
    products: Option<ProductSelectorInput>,
}

/// Products in any of the categories or collections, or named themselves; all where nothing is said.
#[derive(InputObject)]
pub struct ProductSelectorInput {
    /// Slugs or ids of categories, each with everything below it.
    #[graphql(default)]
    categories: Vec<String>,
    /// Slugs or ids of collections.
    #[graphql(default)]
    collections: Vec<String>,
    /// Ids of products.
    #[graphql(default)]
    products: Vec<ID>,
}

/// What a promotion takes off.
#[derive(OneofObject)]
pub enum PromotionActionInput {
    /// A part of what the goods cost.
    PercentageOff(PercentageOffInput),
    /// An amount, once.
    AmountOff(AmountOffInput),
    /// Each unit costs this at most.
    FixedPrice(FixedPriceInput),
    /// Of every group of units, dearest first, the last are reduced.
    #[graphql(name = "buyXGetY")]
    BuyXGetY(BuyXGetYInput),
    /// Delivery costs nothing.
    FreeShipping(FreeShippingInput),
}

/// A part of what the goods cost.
#[derive(InputObject)]
pub struct PercentageOffInput {
    /// The part, above 0 and at most 100, with at most two digits after the point.
    percent: Decimal,
    /// Which goods; the whole order where absent.
    target: Option<ProductSelectorInput>,
}

/// An amount, once.
#[derive(InputObject)]
pub struct AmountOffInput {
    /// The amount, with tax where the channel's prices include it.
    amount: Decimal,
    /// Which goods it is split over; the whole order where absent.
    target: Option<ProductSelectorInput>,
}

/// A price for each unit.
#[derive(InputObject)]
pub struct FixedPriceInput {
    /// What one unit costs at most, with tax where the channel's prices include it.
    amount: Decimal,
    /// Which goods.
    target: ProductSelectorInput,
}

/// Of every `buy` and `get` units, dearest first, the last `get` are reduced.
#[derive(InputObject)]
pub struct BuyXGetYInput {
    /// How many units are paid in full, 1 to 1000.
    buy: u32,
    /// How many units are reduced, 1 to 1000.
    get: u32,
    /// How much they are reduced; free where absent.
    percent: Option<Decimal>,
    /// Which goods.
    target: ProductSelectorInput,
}

/// Free delivery.
#[derive(InputObject)]
pub struct FreeShippingInput {
    /// Handles of the methods that become free; every one where none is named.
    #[graphql(default)]
    methods: Vec<String>,
}

impl From<PromotionCreateInput> for PromotionInput {
    fn from(input: PromotionCreateInput) -> Self {
        Self {
            name: Some(input.name),
            channels: Some(refs(input.channels)),
            starts_at: input.starts_at.map_or(Patch::Keep, Patch::Set),
            ends_at: input.ends_at.map_or(Patch::Keep, Patch::Set),
            priority: Some(input.priority),
            combines_with: Some(input.combines_with),
            currency: input.currency_code.map(|code| code.0),
            conditions: input.conditions.map(Into::into),
            action: Some(input.action.into()),
            codes: input.codes.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<PromotionUpdateInput> for PromotionInput {
    fn from(input: PromotionUpdateInput) -> Self {
        Self {
            name: input.name,
            channels: input.channels.map(refs),
            starts_at: patch(input.starts_at),
            ends_at: patch(input.ends_at),
            priority: input.priority,
            combines_with: input.combines_with,
            currency: input.currency_code.map(|code| code.0),
            conditions: input.conditions.map(Into::into),
            action: input.action.map(Into::into),
            codes: Vec::new(),
        }
    }
}

impl PromotionCodesAddInput {
    /// The codes.
    pub(super) fn into_codes(self) -> Vec<NewCode> {
        self.codes.into_iter().map(Into::into).collect()
    }
}

impl From<DiscountCodeInput> for NewCode {
    fn from(input: DiscountCodeInput) -> Self {
        let DiscountCodeInput { code, usage_limit, usage_limit_per_customer } = input;
        Self { code, usage_limit, usage_limit_per_customer }
    }
}

impl From<PromotionConditionsInput> for ConditionsInput {
    fn from(input: PromotionConditionsInput) -> Self {
        Self {
            minimum_subtotal: input.minimum_subtotal.map(text),
            minimum_quantity: input.minimum_quantity.map(i64::from),
            customer_groups: input.customer_groups,
            products: input.products.map(Into::into),
        }
    }
}

impl From<ProductSelectorInput> for SelectorInput {
    fn from(input: ProductSelectorInput) -> Self {
        Self {
            categories: refs(input.categories),
            collections: refs(input.collections),
            products: input.products.into_iter().map(|id| Ref(id.0)).collect(),
        }
    }
}

impl From<PromotionActionInput> for ActionInput {
    fn from(input: PromotionActionInput) -> Self {
        match input {
            PromotionActionInput::PercentageOff(PercentageOffInput { percent, target }) => {
                Self::PercentageOff { percent: text(percent), target: target.map(Into::into) }
            }
            PromotionActionInput::AmountOff(AmountOffInput { amount, target }) => {
                Self::AmountOff { amount: text(amount), target: target.map(Into::into) }
            }
            PromotionActionInput::FixedPrice(FixedPriceInput { amount, target }) => {
                Self::FixedPrice { amount: text(amount), target: target.into() }
            }
            PromotionActionInput::BuyXGetY(BuyXGetYInput { buy, get, percent, target }) => {
                let percent = percent.map_or_else(|| "100".to_owned(), text);
                Self::BuyXGetY { buy, get, percent, target: target.into() }
            }
            PromotionActionInput::FreeShipping(FreeShippingInput { methods }) => Self::FreeShipping { methods },
        }
    }
}

fn text(decimal: Decimal) -> String {
    decimal.0.into_owned()
}

fn refs(names: Vec<String>) -> Vec<Ref> {
    names.into_iter().map(Ref).collect()
}

fn patch<T>(value: MaybeUndefined<T>) -> Patch<T> {
    match value {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(value),
    }
}
