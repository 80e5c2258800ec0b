//! Lists of orders, newest first.

use std::collections::HashMap;

use diesel::{
    dsl::{count_star, sql},
    pg::Pg,
    prelude::*,
    sql_types::{BigInt, Bool, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    Page, PageRequest,
    customers::Email,
    ids::{CustomerId, OrderId},
    orders::{Order, OrderFilter},
    payments::PaymentMethod,
};
use uuid::Uuid;

use super::{rows::OrderRow, tables::orders};
use crate::{
    Conn, StoreResult,
    keyset::{self, ListOrder},
    prefix::prefix_range,
};

/// A page of orders, newest first.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn list(conn: &mut Conn, filter: &OrderFilter, page: &PageRequest<OrderId>) -> StoreResult<Page<Order>> {
    let query = keyset::page(filtered(filter), orders::id, page, ListOrder::NewestFirst);
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
    let mut query = orders::table.into_boxed();
    if !filter.status.is_empty() {
        let names: Vec<&str> = filter.status.iter().map(<&str>::from).collect();
        query = query.filter(orders::status.eq_any(names));
    }
    if let Some(method) = filter.payment_method {
        query = query.filter(is_paid_by(method));
    }
    if let Some(after) = filter.created_after {
        query = query.filter(orders::placed_at.ge(after));
    }
    if let Some(before) = filter.created_before {
        query = query.filter(orders::placed_at.lt(before));
    }
    if let Some(customer) = filter.customer {
        query = query.filter(orders::customer_id.eq(customer.uuid()));
    }
    match filter.query.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => query,
        Some(text) => query.filter(is_meant(text)),
    }
}

/// Matches orders with a payment by a method.
fn is_paid_by(method: PaymentMethod) -> Box<dyn BoxableExpression<orders::table, Pg, SqlType = Bool>> {
    let by_method =
        sql::<Bool>("EXISTS (SELECT FROM payments WHERE payments.order_id = orders.id AND payments.method = ")
            .bind::<Text, _>(<&str>::from(method))
            .sql(")");
    Box::new(by_method)
}

/// Matches orders by number or by a prefix of the e-mail address. A subquery finds the ids first, because the planner
/// would otherwise scan all orders from the newest on.
fn is_meant(text: &str) -> Box<dyn BoxableExpression<orders::table, Pg, SqlType = Bool>> {
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
