//! Discount codes and their uses.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::{ids::OrderId, promotions};
use schema_shared::{Connection, ConnectionArgs, RequestExt, connection_fields, nullable, to_id, total_count};
use services::promotions as use_cases;

use super::Promotion;
use crate::{identity::Customer, orders::Order};

/// A discount code of a promotion.
pub struct DiscountCode(pub promotions::DiscountCode);

/// A discount code that activates a promotion.
#[connection_fields]
#[Object]
impl DiscountCode {
    /// Global id of the code.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Code in upper case.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Promotion that the code activates, archived or not.
    async fn promotion(&self, ctx: &Context<'_>) -> Option<Result<Promotion>> {
        nullable(async {
            let found = ctx.request()?.loaders().promotions().load(self.0.promotion_id).await?;
            Ok(found.map(Promotion))
        })
        .await
    }

    /// Maximum number of uses in total; null if unlimited.
    fn usage_limit(&self) -> Option<i32> {
        self.0.usage_limit
    }

    /// Maximum number of uses per customer; null if unlimited.
    fn usage_limit_per_customer(&self) -> Option<i32> {
        self.0.usage_limit_per_customer
    }

    /// Number of placed orders that used the code; those that expired or were canceled without a payment do not count.
    async fn usage_count(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(ctx.request()?.loaders().code_uses().load(self.0.id).await?.unwrap_or_default())
    }

    /// True if carts can use the code now: it is neither deactivated nor used up, and its promotion is neither archived,
    /// nor before its start, nor over. Channels and conditions of the promotion are not considered.
    async fn is_active(&self, ctx: &Context<'_>) -> Result<bool> {
        let request = ctx.request()?;
        if !self.0.is_usable() {
            return Ok(false);
        }
        Ok(use_cases::is_running(&request.app, &request.actor, self.0.promotion_id).await?)
    }

    /// Time at which staff deactivated the code; null if they did not.
    fn deactivated_at(&self) -> Option<DateTime<Utc>> {
        self.0.deactivated_at
    }

    /// Time at which the code was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Orders that used the code, oldest first.
    async fn uses(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<DiscountCodeUse>> {
        let request = ctx.request()?;
        let page = args.page::<OrderId>()?;
        let found = use_cases::uses_of(&request.app, &request.actor, self.0.id, &page).await?;
        let total = total_count(ctx, async {
            let counted = use_cases::count_uses(&request.app, &request.actor, &[self.0.id]).await?;
            Ok(counted.get(&self.0.id).copied().unwrap_or_default())
        })
        .await?;
        Ok(Connection::new(&page, found, total, |one| one.order, DiscountCodeUse))
    }
}

/// A use of a discount code by an order.
pub struct DiscountCodeUse(pub use_cases::RecordedUse);

/// A use of a discount code by an order.
#[Object]
impl DiscountCodeUse {
    /// Global id of the order.
    fn order_id(&self) -> ID {
        to_id(self.0.order)
    }

    /// Order that used the code. Needs `ORDERS_READ`.
    async fn order(&self, ctx: &Context<'_>) -> Option<Result<Order>> {
        nullable(async { Ok(ctx.request()?.loaders().orders().load(self.0.order).await?.map(Order)) }).await
    }

    /// Customer who placed the order; null for a guest, and without `CUSTOMERS_READ`.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        nullable(async {
            let Some(id) = self.0.customer else { return Ok(None) };
            Ok(ctx.request()?.loaders().customers().load(id).await?.map(Customer))
        })
        .await
    }

    /// Time at which the order was placed.
    fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
}
