//! Lines of a cart.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use model::{Currency, cart, ids::ChannelId, pricing::PricedLine};
use schema_shared::{RequestExt, TaxedMoney, nullable, to_id};

use super::{cost::DiscountAllocation, prices::Pricing};
use crate::catalog::ProductVariant;

/// A line of a cart.
pub struct CartLine {
    /// The prices of the cart.
    pub(super) pricing: Pricing,
    /// The line.
    pub(super) line: cart::CartLine,
    /// The place of sale of the cart.
    pub(super) channel: ChannelId,
    /// The currency of the cart.
    pub(super) currency: Currency,
}

impl CartLine {
    /// An amount of the priced line; zero when its variant is no longer sold.
    async fn amount(&self, read: impl Fn(&PricedLine) -> model::TaxedMoney) -> Result<TaxedMoney> {
        let prices = self.pricing.get().await?;
        let amount = prices.line(self.line.id).map(read);
        Ok(TaxedMoney(amount.unwrap_or(model::TaxedMoney::zero(self.currency))))
    }
}

/// A variant in a cart, and how many of it.
#[Object]
impl CartLine {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.line.id)
    }

    /// How many units.
    fn quantity(&self) -> u32 {
        self.line.quantity.get()
    }

    /// What is bought; null when it is no longer sold, which is also one of the cart's problems.
    async fn variant(&self, ctx: &Context<'_>) -> Option<Result<ProductVariant>> {
        nullable(async {
            let request = ctx.request()?;
            let product = request.loaders().products().load(self.line.product_id).await?;
            let sold = product.filter(|product| product.is_published(self.channel, request.app.clock.now()));
            Ok(sold.and_then(|product| ProductVariant::of(&product, self.line.variant_id)))
        })
        .await
    }

    /// What the shopper asked for, such as an engraving, by name.
    fn attributes(&self) -> Vec<CartLineAttribute> {
        let attributes = self.line.attributes.iter();
        attributes.map(|(key, value)| CartLineAttribute { key: key.clone(), value: value.clone() }).collect()
    }

    /// One unit before discounts; zero when it is no longer sold.
    async fn unit_price(&self) -> Result<TaxedMoney> {
        self.amount(|line| line.unit_price).await
    }

    /// All units before discounts; zero when it is no longer sold.
    async fn subtotal(&self) -> Result<TaxedMoney> {
        self.amount(|line| line.subtotal).await
    }

    /// All units after discounts; zero when it is no longer sold.
    async fn total(&self) -> Result<TaxedMoney> {
        self.amount(|line| line.total).await
    }

    /// The parts of discounts that fall on this line.
    async fn discount_allocations(&self) -> Result<Vec<DiscountAllocation>> {
        let prices = self.pricing.get().await?;
        let parts = prices.line(self.line.id).into_iter().flat_map(|line| &line.discounts);
        Ok(parts.map(DiscountAllocation::from).collect())
    }
}

/// Something the shopper asked for.
#[derive(SimpleObject)]
pub struct CartLineAttribute {
    /// Name.
    key: String,
    /// Value.
    value: String,
}
