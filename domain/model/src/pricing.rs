//! What a cart costs: the result of pricing, with every reduction and tax split over its lines.
//! [`price`] works it out from the cart and snapshots of everything it depends on.

mod delivery;
mod goods;
mod price;
mod problems;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use goods::offer;
pub use price::{PricingError, PricingInputs, destination, place_of_sale, price};

use crate::{
    Currency, Money, Quantity, TaxedMoney,
    ids::{CartLineId, DeliveryGroupId, ProductId, PromotionId, VariantId},
    tax::TaxRate,
};

/// A cart with its prices. Every sum is exact: lines, delivery and discounts add up to the total.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PricedCart {
    /// The currency of every amount.
    pub currency: Currency,
    /// Its lines, in the cart's order; those whose variant is gone are absent and named in `problems`.
    pub lines: Vec<PricedLine>,
    /// The lines before discounts.
    pub subtotal: TaxedMoney,
    /// All reductions of lines, in the channel's price mode (gross or net): subtotal less this plus delivery is the
    /// total of that mode. Those of delivery are in `promotions` alone, because `shipping` is after discounts.
    pub discount_total: Money,
    /// Delivery after discounts.
    pub shipping: TaxedMoney,
    /// What is to be paid.
    pub total: TaxedMoney,
    /// The codes entered and whether each one fits the cart.
    pub codes: Vec<CodeStatus>,
    /// What ships together, with the ways to deliver it; none when nothing is delivered.
    pub delivery_groups: Vec<DeliveryGroup>,
    /// What stops completion.
    pub problems: Vec<CartProblem>,
    /// Promotions that reduced something, with the code that let them in.
    pub promotions: Vec<AppliedPromotion>,
}

/// A line with its prices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PricedLine {
    /// The cart line.
    pub id: CartLineId,
    /// What is bought.
    pub variant_id: VariantId,
    /// The product it belongs to.
    pub product_id: ProductId,
    /// Stock keeping unit.
    pub sku: String,
    /// Name of product and variant in the cart's language.
    pub name: String,
    /// How many.
    pub quantity: Quantity,
    /// One unit before discounts.
    pub unit_price: TaxedMoney,
    /// All units before discounts.
    pub subtotal: TaxedMoney,
    /// All units after discounts.
    pub total: TaxedMoney,
    /// The reductions in it.
    pub discounts: Vec<DiscountAllocation>,
    /// The class that decided the rate.
    pub tax_class: String,
    /// The rate.
    pub tax_rate: TaxRate,
    /// Whether there is something to deliver.
    pub requires_shipping: bool,
    /// What must be taken from stock for the whole line: variant and units.
    pub stock_needs: Vec<(VariantId, i64)>,
}

/// The part of a reduction that falls on a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscountAllocation {
    /// The promotion.
    pub promotion_id: PromotionId,
    /// What shoppers read.
    pub title: String,
    /// The code that let it in; none for automatic ones.
    pub code: Option<String>,
    /// The reduction, positive, in the channel's price mode (gross or net).
    pub amount: Money,
}

/// A promotion that reduced something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedPromotion {
    /// The promotion.
    pub promotion_id: PromotionId,
    /// The code that let it in; none for automatic ones.
    pub code: Option<String>,
    /// What shoppers read.
    pub title: String,
    /// All it took off.
    pub amount: Money,
}

/// Whether an entered code fits the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeStatus {
    /// The code as entered, upper-case.
    pub code: String,
    /// Whether its promotion is taken now, even where it has nothing to reduce yet, such as free delivery before the
    /// way it makes free is chosen.
    pub is_applicable: bool,
}

/// Lines that ship together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryGroup {
    /// Identifier.
    pub id: DeliveryGroupId,
    /// The lines in it.
    pub lines: Vec<CartLineId>,
    /// The ways to deliver it; empty when the destination is not served or not known.
    pub options: Vec<DeliveryOption>,
    /// The handle of the chosen way.
    pub selected: Option<String>,
}

/// A way to deliver a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryOption {
    /// What systems call it.
    pub handle: String,
    /// What shoppers read.
    pub title: String,
    /// What it costs after discounts.
    pub price: TaxedMoney,
    /// Days until it arrives, fewest and most.
    pub estimated_days: (u16, u16),
    /// Whether the shopper fetches the goods.
    pub is_pickup: bool,
}

/// What stops a cart from becoming an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartProblem {
    /// What it is.
    pub code: ProblemCode,
    /// For people.
    pub message: String,
    /// What it is about: the id of a line or group, a code, or the name of a missing part.
    pub target: Option<String>,
}

/// The kind of a problem that prevents completing a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum), graphql(name = "CartProblemCode"))]
pub enum ProblemCode {
    /// The cart has no lines.
    Empty,
    /// The variant of a line no longer exists or is not sold in this channel.
    VariantUnavailable,
    /// The line total exceeds the supported maximum.
    AmountTooLarge,
    /// Fewer units are available than the line requests.
    OutOfStock,
    /// The buyer's email address is missing.
    MissingEmail,
    /// The shipping address is missing or incomplete.
    MissingShippingAddress,
    /// No delivery option is selected, or the selected one is no longer offered.
    MissingDeliveryOption,
    /// The channel does not deliver to this country.
    CountryNotServed,
    /// A discount code is unknown, expired, used up, or does not apply to the cart.
    DiscountCodeNotApplicable,
}
