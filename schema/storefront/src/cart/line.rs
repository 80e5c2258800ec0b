//! Lines of a cart.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use model::{Currency, cart, ids::ChannelId, pricing::PricedLine};
use schema_shared::{Decimal, RequestExt, TaxLine, TaxedMoney, nullable, to_id};
use services::{checkout::Pricing, storefront::ChannelProduct};

use super::cost::DiscountAllocation;
use crate::catalog::ProductVariant;

/// A line of a cart.
pub struct CartLine {
    /// The prices of the cart.
    pub(super) pricing: Pricing,
    /// The line without prices.
    pub(super) line: cart::CartLine,
    /// The channel of the cart.
    pub(super) channel: ChannelId,
    /// The currency of the cart.
    pub(super) currency: Currency,
    /// True if a promotion added the line.
    pub(super) is_gift: bool,
}

impl CartLine {
    /// An amount of the priced line; zero if its variant is no longer sold.
    async fn amount(&self, read: impl Fn(&PricedLine) -> model::TaxedMoney) -> Result<TaxedMoney> {
        let prices = self.pricing.get().await?;
        let amount = prices.line(self.line.id).map(read);
        Ok(TaxedMoney(amount.unwrap_or(model::TaxedMoney::zero(self.currency))))
    }
}

/// A line of a cart: a variant with its quantity.
#[Object]
impl CartLine {
    /// Global id of the line.
    fn id(&self) -> ID {
        to_id(self.line.id)
    }

    /// Number of units in the line.
    fn quantity(&self) -> u32 {
        self.line.quantity.get()
    }

    /// True if a promotion added the line as a free gift. Such a line cannot be changed or removed; it disappears when the
    /// promotion no longer applies or the gift is sold out.
    fn is_gift(&self) -> bool {
        self.is_gift
    }

    /// Variant of the line; null if it is no longer sold, which is also one of the cart's problems.
    async fn variant(&self, ctx: &Context<'_>) -> Option<Result<ProductVariant>> {
        nullable(async {
            let request = ctx.request()?;
            let key = ChannelProduct { channel: self.channel, product: self.line.product_id };
            let product = request.loaders().visible_products().load(key).await?;
            Ok(product.and_then(|product| ProductVariant::of(&product, self.line.variant_id)))
        })
        .await
    }

    /// Attributes that the shopper entered for the line, such as an engraving, ordered by key.
    fn attributes(&self) -> Vec<CartLineAttribute> {
        let attributes = self.line.attributes.iter();
        attributes.map(|(key, value)| CartLineAttribute { key: key.clone(), value: value.clone() }).collect()
    }

    /// Price of one unit before discounts; zero if the variant is no longer sold.
    async fn unit_price(&self) -> Result<TaxedMoney> {
        self.amount(|line| line.unit_price).await
    }

    /// Price of all units before discounts; zero if the variant is no longer sold.
    async fn subtotal(&self) -> Result<TaxedMoney> {
        self.amount(|line| line.subtotal).await
    }

    /// Price of all units after discounts; zero if the variant is no longer sold.
    async fn total(&self) -> Result<TaxedMoney> {
        self.amount(|line| line.total).await
    }

    /// Tax rate as a percentage, such as `"19"` or `"7.25"`; zero if the buyer pays no tax, and if the variant is no
    /// longer sold.
    async fn tax_percent(&self) -> Result<Decimal> {
        let prices = self.pricing.get().await?;
        Ok(prices.line(self.line.id).map(|line| line.tax_rate).unwrap_or_default().into())
    }

    /// Taxes in the total: one for each component of the rate, or one for the whole rate; empty if the buyer pays no tax.
    async fn taxes(&self) -> Result<Vec<TaxLine>> {
        let prices = self.pricing.get().await?;
        let taxes = prices.line(self.line.id).into_iter().flat_map(|line| &line.taxes);
        Ok(taxes.map(TaxLine::from).collect())
    }

    /// Discounts of the line.
    async fn discount_allocations(&self) -> Result<Vec<DiscountAllocation>> {
        let prices = self.pricing.get().await?;
        let parts = prices.line(self.line.id).into_iter().flat_map(|line| &line.discounts);
        Ok(parts.map(DiscountAllocation::from).collect())
    }
}

/// An attribute that the shopper entered for a cart line.
#[derive(SimpleObject)]
pub struct CartLineAttribute {
    /// Name of the attribute.
    key: String,
    /// Value of the attribute.
    value: String,
}
