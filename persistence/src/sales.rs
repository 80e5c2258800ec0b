//! Units sold by product and day.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Array, BigInt, Date, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    ids::{OrderId, ProductId},
};
use uuid::Uuid;

use crate::{Conn, StoreResult, orders::tables::orders};

diesel::table! {
    /// Units sold by product and day.
    product_sales (product_id, day) {
        /// The product.
        product_id -> Uuid,
        /// The day in UTC.
        day -> Date,
        /// Units of accepted orders that are not canceled.
        units -> BigInt,
    }
}

diesel::table! {
    /// The orders that `product_sales` includes.
    counted_orders (order_id) {
        /// The order of the list.
        order_id -> Uuid,
        /// The day on which it was placed, in UTC.
        day -> Date,
    }
}

/// Brings the sales up to date with the current state of orders: adds those that are accepted and subtracts those that
/// were canceled, each once. Ignores new orders that were placed before `since`.
///
/// # Errors
/// [`crate::StoreError`] if the statement fails.
pub async fn count(conn: &mut Conn, orders: &[OrderId], since: Timestamp) -> StoreResult<()> {
    let ids: Vec<Uuid> = orders.iter().map(|id| id.uuid()).collect();
    diesel::sql_query(include_str!("sales/count.sql"))
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Timestamptz, _>(since)
        .execute(conn)
        .await?;
    Ok(())
}

/// The next orders that were placed after a place in the order of placement, with their places.
///
/// # Errors
/// [`crate::StoreError`] if the query fails.
pub async fn orders_after(
    conn: &mut Conn,
    (placed_at, id): (Timestamp, OrderId),
    limit: i64,
) -> StoreResult<Vec<(Timestamp, OrderId)>> {
    let is_after = orders::placed_at.gt(placed_at).or(orders::placed_at.eq(placed_at).and(orders::id.gt(id.uuid())));
    let rows: Vec<(Timestamp, Uuid)> = orders::table
        .filter(orders::placed_at.ge(placed_at).and(is_after))
        .order((orders::placed_at, orders::id))
        .limit(limit)
        .select((orders::placed_at, orders::id))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(placed_at, id)| (placed_at, OrderId::restore(id))).collect())
}

/// The units sold since a day, of all products that were sold.
///
/// # Errors
/// [`crate::StoreError`] if the query fails.
pub async fn units_since(conn: &mut Conn, day: NaiveDate) -> StoreResult<HashMap<ProductId, i64>> {
    let query = product_sales::table
        .filter(product_sales::day.ge(day))
        .group_by(product_sales::product_id)
        .select((product_sales::product_id, sql::<BigInt>("sum(units)::bigint")));
    Ok(by_product(query.load(conn).await?))
}

/// The units sold since a day, of some products; those that were not sold are omitted.
///
/// # Errors
/// [`crate::StoreError`] if the query fails.
pub async fn units_by_product(
    conn: &mut Conn,
    products: &[ProductId],
    day: NaiveDate,
) -> StoreResult<HashMap<ProductId, i64>> {
    let ids: Vec<Uuid> = products.iter().map(|id| id.uuid()).collect();
    let query = product_sales::table
        .filter(product_sales::product_id.eq_any(ids).and(product_sales::day.ge(day)))
        .group_by(product_sales::product_id)
        .select((product_sales::product_id, sql::<BigInt>("sum(units)::bigint")));
    Ok(by_product(query.load(conn).await?))
}

fn by_product(rows: Vec<(Uuid, i64)>) -> HashMap<ProductId, i64> {
    rows.into_iter().map(|(id, units)| (ProductId::restore(id), units)).collect()
}

/// Removes some rows of days before a day, and returns how many.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn delete_before(conn: &mut Conn, day: NaiveDate, limit: i64) -> StoreResult<usize> {
    let old = counted_orders::table.filter(counted_orders::day.lt(day)).limit(limit).select(counted_orders::order_id);
    let old: Vec<Uuid> = old.load(conn).await?;
    let orders = diesel::delete(counted_orders::table.filter(counted_orders::order_id.eq_any(old)));
    let days = diesel::sql_query(include_str!("sales/delete_before.sql")).bind::<Date, _>(day).bind::<BigInt, _>(limit);
    Ok(orders.execute(conn).await? + days.execute(conn).await?)
}
