//! Pricing of carts. [`price`] computes a [`PricedCart`] from the cart and snapshots of everything it depends on;
//! all discounts and taxes are split over the lines.

mod delivery;
mod gifts;
mod goods;
mod lines;
mod price;
mod problems;
mod resolve;
mod taxes;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use gifts::gift_promotions;
pub use price::{PricingError, PricingInputs, delivery_handles, destination, place_of_sale, price};
pub use resolve::{PriceContext, offer, price_range, resolve};
pub use taxes::BuyerTax;

use crate::{
    Address, Currency, Money, MoneyError, Quantity, TaxedMoney, Translations,
    ids::{CartLineId, DeliveryGroupId, ProductId, PromotionId, StockLocationId, VariantId},
    tax::{TaxLine, TaxRate, TaxTreatment, summary},
};

/// A cart with its prices. All sums are exact: lines, delivery and discounts add up to the total.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PricedCart {
    /// Currency of all amounts.
    pub currency: Currency,
    /// Lines in the order of the cart, then free gifts; lines that cannot be sold are missing here and reported in
    /// `problems`.
    pub lines: Vec<PricedLine>,
    /// Sum of the lines before discounts.
    pub subtotal: TaxedMoney,
    /// Total line discounts in the channel's price mode (gross or net): subtotal minus this plus shipping is the total
    /// in that mode. Discounts on delivery are included only in `promotions`, because `shipping` is after discounts.
    pub discount_total: Money,
    /// Price of delivery after discounts.
    pub shipping: TaxedMoney,
    /// Amount to pay.
    pub total: TaxedMoney,
    /// The tax treatment of the sale.
    pub tax_treatment: TaxTreatment,
    /// Entered discount codes with their status.
    pub codes: Vec<CodeStatus>,
    /// Delivery groups with their options; empty if nothing is shipped.
    pub delivery_groups: Vec<DeliveryGroup>,
    /// Problems that prevent completing the cart.
    pub problems: Vec<CartProblem>,
    /// Promotions that reduced a price.
    pub promotions: Vec<AppliedPromotion>,
}

impl PricedCart {
    /// The taxes of lines and selected deliveries, added up by name and rate; together they are the tax of the total.
    ///
    /// # Errors
    /// [`MoneyError`] if a sum exceeds 64 bits.
    pub fn taxes(&self) -> Result<Vec<TaxLine>, MoneyError> {
        let of_lines = self.lines.iter().flat_map(|line| &line.taxes);
        let selected = self.delivery_groups.iter().filter_map(DeliveryGroup::selected_option);
        summary(of_lines.chain(selected.flat_map(|option| &option.taxes)))
    }
}

/// A cart line with its prices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PricedLine {
    /// Global id of the cart line.
    pub id: CartLineId,
    /// Variant to buy.
    pub variant_id: VariantId,
    /// Product of the variant.
    pub product_id: ProductId,
    /// Stock keeping unit.
    pub sku: String,
    /// Name of product and variant in the cart's locale.
    pub name: String,
    /// Number of units.
    pub quantity: Quantity,
    /// Price of one unit before discounts.
    pub unit_price: TaxedMoney,
    /// Price of all units before discounts.
    pub subtotal: TaxedMoney,
    /// Price of all units after discounts.
    pub total: TaxedMoney,
    /// Discounts of the line.
    pub discounts: Vec<DiscountAllocation>,
    /// Tax class that determined the tax rate.
    pub tax_class: String,
    /// Applied tax rate.
    pub tax_rate: TaxRate,
    /// The taxes in the total: those of the components of the rate, or one for the whole rate.
    #[serde(default)]
    pub taxes: Vec<TaxLine>,
    /// True if the line is shipped.
    pub requires_shipping: bool,
    /// True if a promotion added the line as a free gift; its total is zero.
    #[serde(default)]
    pub is_gift: bool,
    /// Stock that the whole line needs: variants and units.
    pub stock_needs: Vec<(VariantId, i64)>,
}

/// The part of a discount that is allocated to a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscountAllocation {
    /// Promotion of the discount.
    pub promotion_id: PromotionId,
    /// Title shown to shoppers.
    pub title: String,
    /// Discount code; None for an automatic promotion.
    pub code: Option<String>,
    /// Discount as a positive amount in the channel's price mode (gross or net).
    pub amount: Money,
}

/// A promotion that reduced a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedPromotion {
    /// The promotion.
    pub promotion_id: PromotionId,
    /// Discount code; None for an automatic promotion.
    pub code: Option<String>,
    /// Title shown to shoppers.
    pub title: String,
    /// Total discount of the promotion.
    pub amount: Money,
}

/// The status of an entered discount code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeStatus {
    /// The code in upper case.
    pub code: String,
    /// True if the promotion applies to the cart, even if it reduces nothing yet, such as free delivery before a
    /// delivery option is selected.
    pub is_applicable: bool,
}

/// A group of lines that ship together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryGroup {
    /// Global id.
    pub id: DeliveryGroupId,
    /// Lines of the group.
    pub lines: Vec<CartLineId>,
    /// Delivery options; empty if the destination is unknown or not served.
    pub options: Vec<DeliveryOption>,
    /// Handle of the selected option.
    pub selected: Option<String>,
}

impl DeliveryGroup {
    /// The selected option; None until one is selected, and if it is no longer offered.
    #[must_use]
    pub fn selected_option(&self) -> Option<&DeliveryOption> {
        let handle = self.selected.as_ref()?;
        self.options.iter().find(|option| option.handle == *handle)
    }
}

/// A delivery option for a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryOption {
    /// Name in the API, such as `standard`.
    pub handle: String,
    /// Title in the cart's locale.
    pub title: String,
    /// Name of the method where its title is not translated.
    pub name: String,
    /// Names of the method in other languages.
    pub translations: Translations,
    /// Price after discounts.
    pub price: TaxedMoney,
    /// The taxes in the price.
    #[serde(default)]
    pub taxes: Vec<TaxLine>,
    /// Minimum and maximum number of days until delivery.
    pub estimated_days: (u16, u16),
    /// True if the shopper picks the goods up.
    pub is_pickup: bool,
    /// Place where the shopper picks the goods up.
    pub pickup: Option<PickupPoint>,
}

/// The place where a shopper picks goods up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickupPoint {
    /// Stock location that supplies the goods.
    pub location: StockLocationId,
    /// Name shown to shoppers.
    pub name: String,
    /// Postal address; None if the location has none.
    #[serde(default)]
    pub address: Option<Address>,
}

/// A problem that prevents completing a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartProblem {
    /// Kind of the problem.
    pub code: ProblemCode,
    /// Message for people.
    pub message: String,
    /// Subject of the problem: the id of a line or group, a discount code, or the name of a missing field.
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
    /// The channel does not deliver to this place, or, for goods without delivery, does not sell to the country.
    CountryNotServed,
    /// No tax rate is configured for the tax class of a line, or for delivery, at the destination. The merchant has to set
    /// one, even if it is zero.
    TaxNotConfigured,
    /// The channel delivers to the place, but no delivery method carries all goods of the cart.
    NotDeliverable,
    /// A discount code is not valid, or does not apply to the cart. Unknown, expired and used-up codes are not told
    /// apart.
    DiscountCodeNotApplicable,
}
