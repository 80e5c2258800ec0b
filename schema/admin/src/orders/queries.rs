//! Root fields that read orders.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use model::ids::OrderId;
use schema_shared::{Connection, OrderStatus, RequestExt, encode_cursor, nullable, page, parse_id, wants_total_count};
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
            status: self.status.into_iter().map(Into::into).collect(),
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
        #[graphql(desc = "The first so many, 1 to 100; 20 unless said otherwise.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Order>> {
        let request = ctx.request()?;
        let filter = filter.unwrap_or_default().read()?;
        let page = page::<OrderId>(first, after, last, before)?;
        let found = orders::list(&request.app, &request.actor, &filter, &page).await?;
        let total = if wants_total_count(ctx) {
            Some(orders::count(&request.app, &request.actor, &filter).await?)
        } else {
            None
        };
        let rows = found.orders.into_iter().map(|order| (encode_cursor(&order.id), Order(order))).collect();
        Ok(Connection::new(&page, rows, found.has_more, total))
    }
}
