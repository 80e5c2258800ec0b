//! Reading orders. Staff read all orders, shoppers only theirs; orders of others appear not to exist.

use std::collections::HashMap;

use model::{
    Page, PageRequest,
    access::{AccessError, Actor, Permission},
    customers::ThrottlePolicy,
    ids::{ChannelId, CustomerId, OrderId, OrderLineId},
    inventory::Allocation,
    orders::{Fulfillment, Order, OrderCursor, OrderEvent, OrderFilter, OrderLine, OrderSort},
};
use persistence::{db::Transactions as _, orders};
use serde_json::json;

use crate::{
    App, ServiceError, ServiceResult,
    abuse::{self, Limit},
    identity::{Client, events},
};

/// Finds an order, for staff.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn find(app: &App, actor: &Actor, id: OrderId) -> ServiceResult<Option<Order>> {
    let scope = actor.channels_with(Permission::OrdersRead)?;
    let mut conn = app.db.read().await?;
    Ok(orders::find(&mut conn, id).await?.filter(|order| scope.contains(order.channel)))
}

/// Finds an order, for its buyer: customers read their own orders, guests need the order's token. Wrong tokens are counted
/// per network. A right token works during a block too: it has 128 random bits, so nobody finds it by trying.
///
/// # Errors
/// [`crate::ServiceError::RateLimited`] for a wrong token after too many of them.
pub async fn find_by_token(
    app: &App,
    actor: &Actor,
    client: &Client,
    id: OrderId,
    token: Option<&str>,
) -> ServiceResult<Option<Order>> {
    let mut conn = app.db.read().await?;
    let order = orders::find(&mut conn, id).await?;
    drop(conn);
    let found = order.filter(|order| is_readable(order, actor, token));
    if found.is_none() && token.is_some() {
        count_wrong_token(app, client).await?;
    }
    Ok(found)
}

/// True if the actor is the buyer of an order or has its token.
pub(crate) fn is_readable(order: &Order, actor: &Actor, token: Option<&str>) -> bool {
    let is_theirs = order.customer.is_some() && order.customer == actor.customer();
    is_theirs || token.is_some_and(|token| order.is_opened_by(token))
}

/// Counts a wrong token for the network of the client.
async fn count_wrong_token(app: &App, client: &Client) -> ServiceResult<()> {
    let Some(network) = client.network() else { return Ok(()) };
    let now = app.clock.now();
    let limit = [Limit::new("order-tokens", network, ThrottlePolicy::network(app.abuse.order_tokens_per_network))];
    let mut conn = app.db.write().await?;
    let block = conn.transaction(async |conn| Ok::<_, ServiceError>(abuse::count(conn, &limit, 1, now).await?)).await?;
    block.map_or(Ok(()), |throttled| Err(throttled.into()))
}

/// A page of all orders for staff. The audit log records who has read it.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn list(
    app: &App,
    actor: &Actor,
    client: &Client,
    filter: &OrderFilter,
    sort: OrderSort,
    page: &PageRequest<OrderCursor>,
) -> ServiceResult<Page<Order>> {
    let filter = &OrderFilter { scope: staff_scope(actor)?, ..filter.clone() };
    let found = orders::list(&mut *app.db.read().await?, filter, sort, page).await?;
    let conditions = json!({
        "status": filter.status,
        "paymentStatus": filter.payment_status,
        "fulfillmentStatus": filter.fulfillment_status,
        "paymentMethod": filter.payment_method,
        "channel": filter.channel,
        "customer": filter.customer,
        "sku": filter.sku,
        "tags": filter.tags,
        "createdAfter": filter.created_after,
        "createdBefore": filter.created_before,
        "updatedAfter": filter.updated_after,
        "query": events::searched(filter.query.as_deref()),
    });
    events::record_list(app, (actor, client), "orders", conditions, found.rows.len()).await?;
    Ok(found)
}

/// A page of a customer's orders, newest first, for that customer and for staff.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn list_of_customer(
    app: &App,
    actor: &Actor,
    customer: CustomerId,
    page: &PageRequest<OrderId>,
) -> ServiceResult<Page<Order>> {
    let scope = own_scope(actor, customer)?;
    let mut conn = app.db.read().await?;
    Ok(orders::list_of_customer(&mut conn, customer, scope.as_deref(), page).await?)
}

/// The number of orders: all for staff, or those of one customer for that customer.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn count(app: &App, actor: &Actor, filter: &OrderFilter) -> ServiceResult<i64> {
    let scope = match filter.customer {
        Some(customer) => own_scope(actor, customer)?,
        None => staff_scope(actor)?,
    };
    let mut conn = app.db.read().await?;
    Ok(orders::count(&mut conn, &OrderFilter { scope, ..filter.clone() }).await?)
}

/// Orders by id, for staff; absent ones are left out.
///
/// # Errors
/// [`crate::ServiceError`] if the actor may not read orders, or the database is unavailable.
pub async fn by_ids(app: &App, actor: &Actor, ids: &[OrderId]) -> ServiceResult<HashMap<OrderId, Order>> {
    let scope = actor.channels_with(Permission::OrdersRead)?;
    let mut conn = app.db.read().await?;
    let mut found = orders::by_ids(&mut conn, ids).await?;
    found.retain(|_, order| scope.contains(order.channel));
    Ok(found)
}

/// Those of some orders that belong to the customer who is logged in; none for everybody else.
///
/// # Errors
/// [`crate::ServiceError`] if the database is unavailable.
pub async fn own_by_ids(app: &App, actor: &Actor, ids: &[OrderId]) -> ServiceResult<HashMap<OrderId, Order>> {
    let Some(customer) = actor.customer() else { return Ok(HashMap::new()) };
    let mut conn = app.db.read().await?;
    let mut found = orders::by_ids(&mut conn, ids).await?;
    found.retain(|_, order| order.customer == Some(customer));
    Ok(found)
}

/// The lines of orders. It takes no actor: its keys are orders that a use case has already returned to the actor.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn lines_of(app: &App, orders: &[OrderId]) -> ServiceResult<HashMap<OrderId, Vec<OrderLine>>> {
    let mut conn = app.db.read().await?;
    Ok(orders::lines_of(&mut conn, orders).await?)
}

/// The fulfillments of orders, oldest first. It takes no actor: its keys are orders that a use case has already returned
/// to the actor.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn fulfillments_of(app: &App, orders: &[OrderId]) -> ServiceResult<HashMap<OrderId, Vec<Fulfillment>>> {
    let mut conn = app.db.read().await?;
    Ok(orders::fulfillments_of(&mut conn, orders).await?)
}

/// The allocations of order lines that are not shipped yet, by line. It takes no actor: its keys are lines of orders that a
/// use case has already returned to the actor.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn allocations_of(app: &App, lines: &[OrderLineId]) -> ServiceResult<HashMap<OrderLineId, Vec<Allocation>>> {
    let mut conn = app.db.read().await?;
    Ok(orders::allocations_of_lines(&mut conn, lines).await?)
}

/// The timelines of orders, oldest first. It takes no actor: its keys are orders that a use case has already returned to
/// the actor.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn events_of(app: &App, orders: &[OrderId]) -> ServiceResult<HashMap<OrderId, Vec<OrderEvent>>> {
    let mut conn = app.db.read().await?;
    Ok(orders::events_of(&mut conn, orders).await?)
}

/// The channels whose orders the actor may read as staff; None for every channel.
fn staff_scope(actor: &Actor) -> Result<Option<Vec<ChannelId>>, AccessError> {
    Ok(actor.channels_with(Permission::OrdersRead)?.only().map(<[ChannelId]>::to_vec))
}

/// The same for the orders of a customer, who reads all of them.
fn own_scope(actor: &Actor, customer: CustomerId) -> Result<Option<Vec<ChannelId>>, AccessError> {
    if actor.customer() == Some(customer) { Ok(None) } else { staff_scope(actor) }
}
