//! Root fields that read orders.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use model::{
    PageError,
    ids::ChannelId,
    orders::{FulfillmentStatus, OrderCursor, OrderSortKey, OrderStatus, PaymentProgress, total_bound},
    payments::PaymentMethod,
};
use schema_shared::{
    BadUserInput, Connection, ConnectionArgs, Decimal, RequestData, RequestExt, SortDirection, connection_fields,
    nullable, parse_id, total_count,
};
use services::orders;

use super::Order;

/// Conditions for a list of orders; all given conditions must be met.
#[derive(Default, InputObject)]
pub struct OrderFilter {
    /// Statuses of which one must match; empty for any status.
    #[graphql(default)]
    status: Vec<OrderStatus>,
    /// Payment statuses of which one must match; empty for any status.
    #[graphql(default)]
    payment_status: Vec<PaymentProgress>,
    /// Fulfillment statuses of which one must match; empty for any status.
    #[graphql(default)]
    fulfillment_status: Vec<FulfillmentStatus>,
    /// Payment method of the orders. With the status `PENDING_PAYMENT`, `BANK_TRANSFER` finds orders that wait for a
    /// transfer.
    payment_method: Option<PaymentMethod>,
    /// Slug of the channel of the sale. An unknown slug is refused with `BAD_USER_INPUT`.
    channel: Option<String>,
    /// Global id of the customer who placed the orders.
    customer: Option<ID>,
    /// The same as `customer`.
    customer_id: Option<ID>,
    /// SKU of which the orders have a line, as it was at the time of the order.
    #[graphql(validator(max_length = 255))]
    sku: Option<String>,
    /// Tags that the orders must all have.
    #[graphql(default, validator(max_items = 20))]
    tags: Vec<String>,
    /// Orders placed at this time or later.
    placed_after: Option<DateTime<Utc>>,
    /// Orders placed before this time.
    placed_before: Option<DateTime<Utc>>,
    /// The same as `placedAfter`.
    created_after: Option<DateTime<Utc>>,
    /// The same as `placedBefore`.
    created_before: Option<DateTime<Utc>>,
    /// Orders changed at this time or later. A synchronization sorts by `UPDATED_AT`, pages to the end, and later starts again
    /// a minute before the last `updatedAt` it has seen, because a change becomes visible shortly after its time.
    updated_after: Option<DateTime<Utc>>,
    /// Smallest total with tax, in units of each order's currency.
    total_from: Option<Decimal>,
    /// Largest total with tax, in units of each order's currency.
    total_to: Option<Decimal>,
    /// Order number, or start of an email address. Upper and lower case are equal.
    #[graphql(validator(max_length = 255))]
    query: Option<String>,
}

/// The order of a list of orders.
#[derive(InputObject)]
pub struct OrderSort {
    /// Value to sort by; equal values are sorted by id.
    key: OrderSortKey,
    /// Direction of the list.
    #[graphql(default)]
    direction: SortDirection,
}

impl OrderSort {
    fn read(self) -> orders::OrderSort {
        orders::OrderSort { key: self.key, direction: self.direction.into() }
    }
}

impl OrderFilter {
    async fn read(self, request: &RequestData) -> Result<orders::OrderFilter> {
        let channel = match &self.channel {
            Some(slug) => Some(channel_of(request, slug).await?),
            None => None,
        };
        let bound = |amount: Option<Decimal>| amount.as_ref().map(total_of).transpose();
        Ok(orders::OrderFilter {
            status: self.status,
            payment_status: self.payment_status,
            fulfillment_status: self.fulfillment_status,
            payment_method: self.payment_method,
            channel,
            customer: self.customer.or(self.customer_id).map(|id| parse_id(&id)).transpose()?,
            sku: self.sku,
            tags: self.tags,
            created_after: self.placed_after.max(self.created_after),
            created_before: self.placed_before.into_iter().chain(self.created_before).min(),
            updated_after: self.updated_after,
            total_from: bound(self.total_from)?,
            total_to: bound(self.total_to)?,
            scope: None,
            query: self.query,
        })
    }
}

async fn channel_of(request: &RequestData, slug: &str) -> Result<ChannelId> {
    let settings = request.back_office()?.settings().await?;
    let found = settings.channel(slug).ok_or_else(|| BadUserInput(format!("there is no channel `{slug}`")))?;
    Ok(found.id)
}

fn total_of(amount: &Decimal) -> Result<i64, BadUserInput> {
    total_bound(&amount.0).ok_or_else(|| BadUserInput("a bound of totals has at most four digits".to_owned()))
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

    /// Orders, newest first unless sorted otherwise. Needs `ORDERS_READ`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the GraphQL field")]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions that the orders must meet; all orders if absent.")] filter: Option<OrderFilter>,
        #[graphql(desc = "Order of the list; newest first if absent. A cursor is valid for its sort key only.")]
        sort: Option<OrderSort>,
        args: ConnectionArgs,
    ) -> Result<Connection<Order>> {
        let request = ctx.request()?;
        let filter = filter.unwrap_or_default().read(request).await?;
        let sort = sort.map(OrderSort::read).unwrap_or_default();
        let page = args.page::<OrderCursor>()?;
        if page.cursor.is_some_and(|cursor| cursor.position.key() != sort.key) {
            return Err(PageError::Cursor.into());
        }
        let found = orders::list(&request.app, &request.actor, &request.client, &filter, sort, &page).await?;
        let total = total_count(ctx, orders::count(&request.app, &request.actor, &filter)).await?;
        Ok(Connection::new(&page, found, total, |order| OrderCursor::of(order, sort.key), Order))
    }
}
