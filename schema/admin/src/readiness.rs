//! The settings that a shop still lacks to sell.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use schema_shared::RequestExt;
use services::opening;

/// The query of the shop's readiness.
#[derive(Default)]
pub struct ReadinessQuery;

#[Object]
impl ReadinessQuery {
    /// The settings that the shop still lacks to sell. `mercator doctor` reports the same. Needs `SETTINGS_WRITE`.
    async fn shop_readiness(&self, ctx: &Context<'_>) -> Result<ShopReadiness> {
        let request = ctx.request()?;
        let found = opening::readiness(&request.app, &request.actor).await?;
        Ok(ShopReadiness {
            is_ready: found.is_ready(),
            missing: found.missing.into_iter().map(ReadinessItem::from).collect(),
        })
    }
}

/// The readiness of the shop to sell.
#[derive(SimpleObject)]
pub struct ShopReadiness {
    /// True if nothing is missing.
    is_ready: bool,
    /// Settings that are missing, by channel; empty if the shop is ready.
    missing: Vec<ReadinessItem>,
}

/// A setting that is missing.
#[derive(SimpleObject)]
pub struct ReadinessItem {
    /// Code of the missing setting, for programs.
    code: ReadinessCode,
    /// Details and the remedy, for people.
    message: String,
    /// Slug of the channel in which it is missing; null if it is missing in the whole shop.
    channel: Option<String>,
}

/// The settings that a shop can lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "opening::MissingCode")]
pub enum ReadinessCode {
    /// The shop has no channel.
    ChannelMissing,
    /// A country of the channel has no tax rate of the standard class.
    TaxRateMissing,
    /// A country of the channel has no delivery method.
    DeliveryMissing,
    /// A currency of the channel has no payment method.
    PaymentMethodMissing,
    /// No mail server is configured, or the mail sender has no address.
    MailMissing,
    /// A secret is missing, or is the public one of a demo.
    DefaultSecrets,
    /// No active stock location supplies the channel.
    StockLocationMissing,
}

impl From<opening::Missing> for ReadinessItem {
    fn from(missing: opening::Missing) -> Self {
        Self { code: missing.code.into(), message: missing.message, channel: missing.channel }
    }
}
