//! Lists of orders.

use std::collections::HashMap;

use diesel::{
    dsl::{count_star, sql},
    expression::SqlLiteral,
    pg::Pg,
    prelude::*,
    sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    Direction, Page, PageRequest,
    customers::Email,
    ids::{ChannelId, CustomerId, OrderId},
    orders::{Order, OrderCursor, OrderFilter, OrderPosition, OrderSort, OrderSortKey},
    payments::PaymentMethod,
};
use uuid::Uuid;

use super::{rows::OrderRow, tables::orders};
use crate::{
    Conn, StoreResult,
    keyset::{self, ListOrder},
    prefix::prefix_range,
};

type Condition<'a> = Box<dyn BoxableExpression<orders::table, Pg, SqlType = Bool> + 'a>;

/// A page of orders in a sort order. The cursor must have been made for its key.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn list(
    conn: &mut Conn,
    filter: &OrderFilter,
    sort: OrderSort,
    page: &PageRequest<OrderCursor>,
) -> StoreResult<Page<Order>> {
    let is_ascending = (sort.direction == Direction::Ascending) == (page.direction == Direction::Ascending);
    let column = column(sort.key);
    let mut query = filtered(filter);
    if let Some(cursor) = page.cursor {
        query = query.filter(follows(column, is_ascending, cursor));
    }
    let direction = if is_ascending { "ASC" } else { "DESC" };
    let order: SqlLiteral<Bool> = sql(&format!("{column} {direction}, orders.id {direction}"));
    let rows: Vec<OrderRow> = query.order(order).limit(page.limit()).select(OrderRow::as_select()).load(conn).await?;
    let orders = rows.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()?;
    Ok(Page::from_rows(page, orders))
}

/// The expression that a list is sorted by. Each has an index that continues with the id.
const fn column(key: OrderSortKey) -> &'static str {
    match key {
        OrderSortKey::PlacedAt => "orders.placed_at",
        OrderSortKey::UpdatedAt => "orders.updated_at",
        OrderSortKey::Number => "orders.number",
        OrderSortKey::Total => "order_amount(orders.total_gross, orders.currency)",
    }
}

/// Matches orders after a place in the list.
fn follows(column: &str, is_ascending: bool, cursor: OrderCursor) -> Condition<'static> {
    let operator = if is_ascending { ">" } else { "<" };
    let start = sql::<Bool>(&format!("({column}, orders.id) {operator} ("));
    let id = cursor.id.uuid();
    match cursor.position {
        OrderPosition::PlacedAt(at) | OrderPosition::UpdatedAt(at) => {
            Box::new(start.bind::<Timestamptz, _>(at).sql(", ").bind::<SqlUuid, _>(id).sql(")"))
        }
        OrderPosition::Number(value) => {
            Box::new(start.bind::<BigInt, _>(value).sql(", ").bind::<SqlUuid, _>(id).sql(")"))
        }
        OrderPosition::Total(value) => {
            Box::new(start.bind::<BigInt, _>(value).sql("::numeric, ").bind::<SqlUuid, _>(id).sql(")"))
        }
    }
}

/// A page of a customer's orders, newest first.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn list_of_customer(
    conn: &mut Conn,
    customer: CustomerId,
    channels: Option<&[ChannelId]>,
    page: &PageRequest<OrderId>,
) -> StoreResult<Page<Order>> {
    let mut theirs = orders::table.filter(orders::customer_id.eq(customer.uuid())).into_boxed();
    if let Some(channels) = channels {
        let channels: Vec<Uuid> = channels.iter().map(|id| id.uuid()).collect();
        theirs = theirs.filter(orders::channel_id.eq_any(channels));
    }
    let query = keyset::page(theirs, orders::id, page, ListOrder::NewestFirst);
    let rows: Vec<OrderRow> = query.select(OrderRow::as_select()).load(conn).await?;
    let orders = rows.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()?;
    Ok(Page::from_rows(page, orders))
}

/// A page of the orders of an account, and of guests with an e-mail address.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn list_of_buyer(
    conn: &mut Conn,
    customer: Option<CustomerId>,
    email: &Email,
    page: &PageRequest<OrderId>,
) -> StoreResult<Page<Order>> {
    let is_theirs = sql::<Bool>("(customer_id = ")
        .bind::<Nullable<SqlUuid>, _>(customer.map(CustomerId::uuid))
        .sql(" OR (customer_id IS NULL AND lower(email) = ")
        .bind::<Text, _>(email.as_str().to_lowercase())
        .sql("))");
    let query = keyset::page(orders::table.filter(is_theirs).into_boxed(), orders::id, page, ListOrder::OldestFirst);
    let rows: Vec<OrderRow> = query.select(OrderRow::as_select()).load(conn).await?;
    let orders = rows.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()?;
    Ok(Page::from_rows(page, orders))
}

/// The number of orders.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn count(conn: &mut Conn, filter: &OrderFilter) -> StoreResult<i64> {
    Ok(filtered(filter).select(count_star()).get_result(conn).await?)
}

/// Orders by id; unknown ones are omitted.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn by_ids(conn: &mut Conn, ids: &[OrderId]) -> StoreResult<HashMap<OrderId, Order>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows: Vec<OrderRow> =
        orders::table.filter(orders::id.eq_any(ids)).select(OrderRow::as_select()).load(conn).await?;
    rows.into_iter().map(|row| Order::try_from(row).map(|order| (order.id, order))).collect()
}

fn filtered(filter: &OrderFilter) -> orders::BoxedQuery<'_, Pg> {
    let conditions = [by_states(filter), by_owner(filter), by_time(filter), by_total(filter), by_content(filter)];
    let all = conditions.into_iter().flatten();
    all.fold(orders::table.into_boxed(), QueryDsl::filter)
}

fn by_states(filter: &OrderFilter) -> Vec<Condition<'_>> {
    let mut all: Vec<Condition<'_>> = Vec::new();
    // One value is compared with `=`, so that the index also sorts the page.
    match filter.status.as_slice() {
        [] => {}
        [one] => all.push(Box::new(orders::status.eq(<&str>::from(one)))),
        many => all.push(Box::new(orders::status.eq_any(many.iter().map(<&str>::from).collect::<Vec<_>>()))),
    }
    match filter.payment_status.as_slice() {
        [] => {}
        [one] => all.push(Box::new(orders::payment_status.eq(<&str>::from(one)))),
        many => all.push(Box::new(orders::payment_status.eq_any(many.iter().map(<&str>::from).collect::<Vec<_>>()))),
    }
    match filter.fulfillment_status.as_slice() {
        [] => {}
        [one] => all.push(Box::new(orders::fulfillment_status.eq(<&str>::from(one)))),
        many => {
            all.push(Box::new(orders::fulfillment_status.eq_any(many.iter().map(<&str>::from).collect::<Vec<_>>())));
        }
    }
    all.extend(filter.payment_method.map(is_paid_by));
    all
}

fn by_owner(filter: &OrderFilter) -> Vec<Condition<'_>> {
    let channel = filter.channel.map(|id| Box::new(orders::channel_id.eq(id.uuid())) as Condition<'_>);
    let is_theirs = |id: CustomerId| sql::<Bool>("orders.customer_id = ").bind::<SqlUuid, _>(id.uuid());
    let customer = filter.customer.map(|id| Box::new(is_theirs(id)) as Condition<'_>);
    let scope = filter.scope.as_ref().map(|channels| {
        let channels: Vec<Uuid> = channels.iter().map(|id| id.uuid()).collect();
        Box::new(orders::channel_id.eq_any(channels)) as Condition<'_>
    });
    channel.into_iter().chain(customer).chain(scope).collect()
}

fn by_time(filter: &OrderFilter) -> Vec<Condition<'_>> {
    let after = filter.created_after.map(|at| Box::new(orders::placed_at.ge(at)) as Condition<'_>);
    let before = filter.created_before.map(|at| Box::new(orders::placed_at.lt(at)) as Condition<'_>);
    let changed = filter.updated_after.map(|at| Box::new(orders::updated_at.ge(at)) as Condition<'_>);
    [after, before, changed].into_iter().flatten().collect()
}

fn by_total(filter: &OrderFilter) -> Vec<Condition<'_>> {
    let bound = |operator: &str, value: i64| {
        let start = sql::<Bool>(&format!("{} {operator} ", column(OrderSortKey::Total)));
        Box::new(start.bind::<BigInt, _>(value).sql("::numeric")) as Condition<'_>
    };
    let from = filter.total_from.map(|value| bound(">=", value));
    let to = filter.total_to.map(|value| bound("<=", value));
    from.into_iter().chain(to).collect()
}

fn by_content(filter: &OrderFilter) -> Vec<Condition<'_>> {
    let mut all: Vec<Condition<'_>> = Vec::new();
    if let Some(sku) = &filter.sku {
        all.push(has_line_of(sku));
    }
    if !filter.tags.is_empty() {
        all.push(Box::new(orders::tags.contains(&filter.tags)));
    }
    all.extend(filter.query.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(is_meant));
    all
}

/// Matches orders with a payment by a method.
fn is_paid_by(method: PaymentMethod) -> Condition<'static> {
    let by_method =
        sql::<Bool>("EXISTS (SELECT FROM payments WHERE payments.order_id = orders.id AND payments.method = ")
            .bind::<Text, _>(<&str>::from(method))
            .sql(")");
    Box::new(by_method)
}

/// Matches orders with a line of an SKU.
fn has_line_of(sku: &str) -> Condition<'_> {
    let of_sku = sql::<Bool>("EXISTS (SELECT FROM order_lines AS line WHERE line.order_id = orders.id AND line.sku = ")
        .bind::<Text, _>(sku)
        .sql(")");
    Box::new(of_sku)
}

/// Matches orders by number or by a prefix of the e-mail address. A subquery finds the ids first, because the planner
/// would otherwise scan all orders from the newest on.
fn is_meant(text: &str) -> Condition<'static> {
    let (start, end) = prefix_range(text);
    let number = text.trim_start_matches('#').parse::<i64>().ok();
    let is_meant = sql::<Bool>("orders.id = ANY (ARRAY(SELECT meant.id FROM orders AS meant WHERE meant.number = ")
        .bind::<Nullable<BigInt>, _>(number)
        .sql(" OR lower(meant.number_text) = ")
        .bind::<Text, _>(text.to_lowercase())
        .sql(" OR (lower(meant.email) ~>=~ ")
        .bind::<Text, _>(start)
        .sql(" AND lower(meant.email) ~<~ ")
        .bind::<Text, _>(end)
        .sql(")))");
    Box::new(is_meant)
}
