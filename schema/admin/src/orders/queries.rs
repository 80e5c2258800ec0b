//! Root fields that read orders.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use model::{ids::OrderId, orders::OrderStatus};
use schema_shared::{Connection, ConnectionArgs, RequestExt, connection_fields, nullable, parse_id, total_count};
use services::orders;

use super::Order;

/// Which orders are wanted; all of the conditions hold.
#[derive(Default, InputObject)]
pub struct OrderFilter {
    /// In one of these states; any when empty.
    #[graphql(default)]
    status: Vec<OrderStatus>,
    /// Placed at this moment or later.
    created_after: Option<DateTime<Utc>>,
    /// Placed before this moment.
    created_before: Option<DateTime<Utc>>,
    /// Whose number is this, or whose e-mail address begins so; upper and lower case are the same.
    query: Option<String>,
    /// Bought by this customer.
    customer_id: Option<ID>,
}

impl OrderFilter {
    fn read(self) -> Result<orders::OrderFilter> {
        Ok(orders::OrderFilter {
            status: self.status,
            created_after: self.created_after,
            created_before: self.created_before,
            query: self.query,
            customer: self.customer_id.map(|id| parse_id(&id)).transpose()?,
        })
    }
}

/// Reads orders.
#[derive(Default)]
pub struct OrderQuery;

#[connection_fields]
#[Object]
impl OrderQuery {
    /// An order; null when there is none. Needs `ORDERS_READ`.
    async fn order(&self, ctx: &Context<'_>, #[graphql(desc = "The order's id.")] id: ID) -> Option<Result<Order>> {
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
        #[graphql(desc = "Which orders are wanted; all unless said otherwise.")] filter: Option<OrderFilter>,
        args: ConnectionArgs,
    ) -> Result<Connection<Order>> {
        let request = ctx.request()?;
        let filter = filter.unwrap_or_default().read()?;
        let page = args.page::<OrderId>()?;
        let found = orders::list(&request.app, &request.actor, &filter, &page).await?;
        let total = total_count(ctx, orders::count(&request.app, &request.actor, &filter)).await?;
        Ok(Connection::new(&page, found.orders, found.has_more, total, |order| order.id, Order))
    }
}
