//! The price of a variant. This is the only code that reads the prices of a product in order to sell it.

use crate::{
    Currency, Money, Timestamp,
    cart::Cart,
    catalog::{Price, Product, Variant},
    channels::RequestContext,
    ids::{ChannelId, VariantId},
};

/// Everything that selects one of the prices of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceContext {
    /// The channel it is sold in.
    pub channel: ChannelId,
    /// The currency it is sold in.
    pub currency: Currency,
}

impl From<&RequestContext> for PriceContext {
    fn from(context: &RequestContext) -> Self {
        Self { channel: context.channel.id, currency: context.currency }
    }
}

impl From<&Cart> for PriceContext {
    fn from(cart: &Cart) -> Self {
        Self { channel: cart.channel, currency: cart.currency }
    }
}

/// The price of a variant; `None` if it is not sold in this context.
#[must_use]
pub fn resolve(variant: &Variant, context: PriceContext) -> Option<&Price> {
    let applies = |price: &&Price| price.channel == context.channel && price.amount.currency == context.currency;
    variant.prices.iter().find(applies).filter(|price| price.amount.minor >= 0)
}

/// The lowest and the highest price of a product's variants; `None` if none of them is sold in this context.
#[must_use]
pub fn price_range(product: &Product, context: PriceContext) -> Option<(Money, Money)> {
    let prices = || product.variants.iter().filter_map(|variant| resolve(variant, context)).map(|price| price.amount);
    let lowest = prices().min_by_key(|price| price.minor)?;
    let highest = prices().max_by_key(|price| price.minor)?;
    Some((lowest, highest))
}

/// The variant and its price; `None` if shoppers cannot buy it at `now`, because the product is not published in the
/// channel or the variant has no price in this context. Stock is not considered.
#[must_use]
pub fn offer(
    product: &Product,
    variant: VariantId,
    context: PriceContext,
    now: Timestamp,
) -> Option<(&Variant, &Price)> {
    let variant = product.variant(variant).filter(|_| product.is_published(context.channel, now))?;
    resolve(variant, context).map(|price| (variant, price))
}
