//! Inputs of promotion mutations.

use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject};
use chrono::{DateTime, Utc};
use model::{
    Patch,
    promotions::{DiscountClass, NewCode},
};
use schema_shared::{CurrencyCode, Decimal};
use services::{
    catalog::Ref,
    promotions::{ActionInput, ConditionsInput, GiftRef, PromotionInput, SelectorInput},
};

/// Input of `promotionCreate`.
#[derive(InputObject)]
pub struct PromotionCreateInput {
    /// Name for shoppers and staff, 1 to 200 characters.
    name: String,
    /// Name in other languages, at most 50; shoppers see the name in their language in `discountAllocations`.
    #[graphql(default)]
    translations: Vec<PromotionTranslationInput>,
    /// Slugs or global ids of the channels in which the promotion applies; all channels if empty.
    #[graphql(default)]
    channels: Vec<String>,
    /// Time from which the promotion applies; at once if absent.
    starts_at: Option<DateTime<Utc>>,
    /// Time at which the promotion ends; never if absent.
    ends_at: Option<DateTime<Utc>>,
    /// Priority of the promotion; the highest applies first.
    #[graphql(default)]
    priority: i32,
    /// Classes of promotions that it can be combined with, if the other promotion permits it too.
    #[graphql(default)]
    combines_with: Vec<DiscountClass>,
    /// Currency of the amounts; required unless the channels share one.
    currency_code: Option<CurrencyCode>,
    /// Codes that activate the promotion, at most 1,000; without codes it is automatic.
    #[graphql(default)]
    codes: Vec<DiscountCodeInput>,
    /// Conditions that the cart must meet; none if absent.
    conditions: Option<PromotionConditionsInput>,
    /// Discount that the promotion grants.
    action: PromotionActionInput,
    /// Key that makes the request safe to repeat: the same key with the same input creates the promotion once.
    pub(super) idempotency_key: Option<String>,
}

/// The name of a promotion in another language.
#[derive(InputObject)]
pub struct PromotionTranslationInput {
    /// Language as a BCP 47 tag, such as `de` or `de-AT`.
    locale: String,
    /// Name in this language, 1 to 200 characters.
    name: String,
}

/// Input of `promotionUpdate`. Absent fields stay unchanged; null clears a field that can be empty.
#[derive(InputObject)]
pub struct PromotionUpdateInput {
    /// Global id of the promotion.
    pub(super) id: ID,
    /// Version that the change is based on. The change is rejected if the promotion has another version.
    pub(super) expected_version: Option<i32>,
    /// New name for shoppers and staff.
    name: Option<String>,
    /// Name in other languages, at most 50; they replace the present ones.
    translations: Option<Vec<PromotionTranslationInput>>,
    /// Slugs or global ids of the channels in which the promotion applies; all channels if empty.
    channels: Option<Vec<String>>,
    /// Time from which the promotion applies; null for at once.
    starts_at: MaybeUndefined<DateTime<Utc>>,
    /// Time at which the promotion ends; null for never.
    ends_at: MaybeUndefined<DateTime<Utc>>,
    /// Priority of the promotion; the highest applies first.
    priority: Option<i32>,
    /// Classes of promotions that it can be combined with, if the other promotion permits it too.
    combines_with: Option<Vec<DiscountClass>>,
    /// Currency of the amounts in this input; required unless the channels share one.
    currency_code: Option<CurrencyCode>,
    /// Conditions that the cart must meet; they replace the present ones.
    conditions: Option<PromotionConditionsInput>,
    /// Discount that the promotion grants; it replaces the present one.
    action: Option<PromotionActionInput>,
}

/// Input of `promotionArchive`.
#[derive(InputObject)]
pub struct PromotionArchiveInput {
    /// Global id of the promotion.
    pub(super) id: ID,
}

/// Input of `promotionCodesAdd`.
#[derive(InputObject)]
pub struct PromotionCodesAddInput {
    /// Global id of the promotion.
    pub(super) id: ID,
    /// Codes to add, at most 1,000.
    codes: Vec<DiscountCodeInput>,
    /// Key that makes the request safe to repeat: the same key with the same input adds the codes once.
    pub(super) idempotency_key: Option<String>,
}

/// Input of `promotionCodesDeactivate`.
#[derive(InputObject)]
pub struct PromotionCodesDeactivateInput {
    /// Global id of the promotion.
    pub(super) promotion_id: ID,
    /// Codes to deactivate, at most 1,000; upper and lower case are equal. All must be codes of the promotion.
    pub(super) codes: Vec<String>,
}

/// A discount code that activates a promotion.
#[derive(InputObject)]
pub struct DiscountCodeInput {
    /// Code of 1 to 64 characters without spaces; upper and lower case are equal.
    code: String,
    /// Maximum number of uses in total; unlimited if absent.
    usage_limit: Option<i32>,
    /// Maximum number of uses per customer; unlimited if absent.
    usage_limit_per_customer: Option<i32>,
}

/// The conditions of a promotion, measured on the lines before discounts.
#[derive(InputObject)]
pub struct PromotionConditionsInput {
    /// Minimum subtotal of the lines, with tax if the channel's prices include tax.
    minimum_subtotal: Option<Decimal>,
    /// Minimum number of units.
    minimum_quantity: Option<i32>,
    /// Slugs of customer groups, one of which the buyer must belong to; any buyer if empty.
    #[graphql(default)]
    customer_groups: Vec<String>,
    /// Products that count, at least one of which must be in the cart; all products if absent.
    products: Option<ProductSelectorInput>,
}

/// A selection of products: in any of the categories or collections, or listed themselves. All products if empty.
#[derive(InputObject)]
pub struct ProductSelectorInput {
    /// Slug paths or global ids of categories, including their subcategories.
    #[graphql(default)]
    categories: Vec<String>,
    /// Slugs or global ids of collections.
    #[graphql(default)]
    collections: Vec<String>,
    /// Global ids of products.
    #[graphql(default)]
    products: Vec<ID>,
}

/// The discount that a promotion grants; exactly one field is required.
#[derive(OneofObject)]
pub enum PromotionActionInput {
    /// A percentage off the price of products or of the order.
    PercentageOff(PercentageOffInput),
    /// An amount off, applied once per order.
    AmountOff(AmountOffInput),
    /// A maximum price per unit.
    FixedPrice(FixedPriceInput),
    /// A discount on the cheapest units of each group of units.
    #[graphql(name = "buyXGetY")]
    BuyXGetY(BuyXGetYInput),
    /// Free delivery for some or all delivery methods.
    FreeShipping(FreeShippingInput),
    /// A free gift, as a line of its own.
    Gift(GiftInput),
}

/// A percentage off the price of products or of the order.
#[derive(InputObject)]
pub struct PercentageOffInput {
    /// Percentage above 0 and at most 100, with at most two decimals.
    percent: Decimal,
    /// Products to discount; the whole order if absent.
    target: Option<ProductSelectorInput>,
}

/// An amount off, applied once per order.
#[derive(InputObject)]
pub struct AmountOffInput {
    /// Amount with tax if the channel's prices include tax.
    amount: Decimal,
    /// Products that the amount is divided between; the whole order if absent.
    target: Option<ProductSelectorInput>,
}

/// A maximum price per unit.
#[derive(InputObject)]
pub struct FixedPriceInput {
    /// Maximum price of one unit, with tax if the channel's prices include tax.
    amount: Decimal,
    /// Products to discount.
    target: ProductSelectorInput,
}

/// A discount on groups of `buy` + `get` units, sorted from the most to the least expensive: the last `get` units of
/// each group are discounted.
#[derive(InputObject)]
pub struct BuyXGetYInput {
    /// Number of units per group at full price, 1 to 1,000.
    buy: u32,
    /// Number of units per group at the reduced price, 1 to 1,000.
    get: u32,
    /// Percentage off the reduced units; they are free if absent.
    percent: Option<Decimal>,
    /// Products to discount.
    target: ProductSelectorInput,
}

/// Free delivery for some or all delivery methods.
#[derive(InputObject)]
pub struct FreeShippingInput {
    /// Handles of the delivery methods; all methods if empty.
    #[graphql(default)]
    methods: Vec<String>,
}

/// A free gift: units of a variant, once per cart, as a line of its own with a discount of its whole price. The line appears
/// while the conditions hold and the gift can be sold: it has a price in the channel and currency of the cart, enough units
/// are in stock, and a gift that is shipped goes with goods that are shipped. The gift counts neither towards conditions
/// nor towards free delivery. Exactly one of `sku`, `variantId` and `productId` is required.
#[derive(InputObject)]
pub struct GiftInput {
    /// SKU of the variant.
    sku: Option<String>,
    /// Global id of the variant.
    variant_id: Option<ID>,
    /// Global id of a product with exactly one variant.
    product_id: Option<ID>,
    /// Number of units, 1 to 100.
    #[graphql(default = 1)]
    quantity: u32,
}

impl From<GiftInput> for ActionInput {
    fn from(input: GiftInput) -> Self {
        let item = match (input.sku, input.variant_id, input.product_id) {
            (Some(sku), None, None) => GiftRef::Sku(sku),
            (None, Some(id), None) => GiftRef::Variant(Ref(id.0)),
            (None, None, Some(id)) => GiftRef::Product(Ref(id.0)),
            _ => GiftRef::Ambiguous,
        };
        Self::Gift { item, quantity: input.quantity }
    }
}

impl From<PromotionCreateInput> for PromotionInput {
    fn from(input: PromotionCreateInput) -> Self {
        Self {
            name: Some(input.name),
            translations: Some(translations(input.translations)),
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
            translations: input.translations.map(translations),
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
    /// The codes of the use case.
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
            PromotionActionInput::Gift(gift) => gift.into(),
        }
    }
}

fn translations(names: Vec<PromotionTranslationInput>) -> Vec<(String, String)> {
    names.into_iter().map(|PromotionTranslationInput { locale, name }| (locale, name)).collect()
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
