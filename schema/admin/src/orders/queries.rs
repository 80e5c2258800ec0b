//! Root fields that read orders.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use model::{ids::OrderId, orders::OrderStatus, payments::PaymentMethod};
use schema_shared::{Connection, ConnectionArgs, RequestExt, connection_fields, nullable, parse_id, total_count};
use services::orders;

use super::Order;

/// Conditions for a list of orders; all given conditions must be met.
#[derive(Default, InputObject)]
pub struct OrderFilter {
    /// Statuses of which one must match; empty for any status.
    #[graphql(default)]
    status: Vec<OrderStatus>,
    /// Payment method of the orders. With the status `PENDING_PAYMENT`, `BANK_TRANSFER` finds orders that wait for a
    /// transfer.
    payment_method: Option<PaymentMethod>,
    /// Orders placed at this time or later.
    created_after: Option<DateTime<Utc>>,
    /// Orders placed before this time.
    created_before: Option<DateTime<Utc>>,
    /// Order number, or start of an email address. Upper and lower case are equal.
    query: Option<String>,
    /// Global id of the customer who placed the orders.
    customer_id: Option<ID>,
}

impl OrderFilter {
    fn read(self) -> Result<orders::OrderFilter> {
        Ok(orders::OrderFilter {
            status: self.status,
            payment_method: self.payment_method,
            created_after: self.created_after,
            created_before: self.created_before,
            query: self.query,
            customer: self.customer_id.map(|id| parse_id(&id)).transpose()?,
        })
    }
}

/// Queries of orders.
#[derive(Default)]
pub struct OrderQuery;

#[connection_fields]
#[Object]
impl OrderQuery {
    /// The order of an id; null if it does not exist. Needs `ORDERS_READ`.
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the order.")] id: ID,
    ) -> Option<Result<Order>> {
        nullable(async {
            let request = ctx.request()?;
            Ok(orders::find(&request.app, &request.actor, parse_id(&id)?).await?.map(Order))
        })
        .await
    }

    /// Orders, newest first. Needs `ORDERS_READ`.
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions that the orders must meet; all orders if absent.")] filter: Option<OrderFilter>,
        args: ConnectionArgs,
    ) -> Result<Connection<Order>> {
        let request = ctx.request()?;
        let filter = filter.unwrap_or_default().read()?;
        let page = args.page::<OrderId>()?;
        let found = orders::list(&request.app, &request.actor, &request.client, &filter, &page).await?;
        let total = total_count(ctx, orders::count(&request.app, &request.actor, &filter)).await?;
        Ok(Connection::new(&page, found, total, |order| order.id, Order))
    }
}
