//! Removal of personal data from orders, which are kept for bookkeeping.

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    customers::Email,
    ids::{CustomerId, OrderId},
    orders::{OrderStatus, REMOVED_EMAIL},
};
use uuid::Uuid;

use super::tables::orders;
use crate::{Conn, StoreResult};

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Marks the orders of an account, and those of guests with an e-mail address, for the removal of contact data; removes
/// note and token at once. Returns the orders.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn request_erasure(
    conn: &mut Conn,
    customer: Option<CustomerId>,
    email: &Email,
    now: Timestamp,
) -> StoreResult<Vec<OrderId>> {
    let statement = diesel::sql_query(include_str!("request_erasure.sql"));
    let bound = statement.bind::<Nullable<SqlUuid>, _>(customer.map(CustomerId::uuid));
    let bound = bound.bind::<Text, _>(email.as_str().to_lowercase()).bind::<Timestamptz, _>(now);
    Ok(ids(bound.load(conn).await?))
}

/// Locks finished orders whose contact data is due to be removed: those of erased buyers, and those placed before a
/// time. Orders that another process has locked are skipped.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn lock_due_contacts(
    conn: &mut Conn,
    placed_before: Option<Timestamp>,
    limit: i64,
) -> StoreResult<Vec<OrderId>> {
    let statement = diesel::sql_query(include_str!("due_contacts.sql"));
    Ok(ids(statement.bind::<Nullable<Timestamptz>, _>(placed_before).bind::<BigInt, _>(limit).load(conn).await?))
}

/// Removes e-mail address, phone numbers, note, token and delivery address from orders.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn remove_contacts(conn: &mut Conn, orders: &[OrderId], now: Timestamp) -> StoreResult<usize> {
    let statement = diesel::sql_query(include_str!("remove_contacts.sql"));
    let bound = statement.bind::<Array<SqlUuid>, _>(uuids(orders)).bind::<Timestamptz, _>(now);
    Ok(bound.bind::<Text, _>(REMOVED_EMAIL).execute(conn).await?)
}

/// Deletes the notes of staff about orders, and removes changed values and references from their timelines.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn remove_records(conn: &mut Conn, orders: &[OrderId]) -> StoreResult<()> {
    let statement = diesel::sql_query(include_str!("remove_records.sql"));
    statement.bind::<Array<SqlUuid>, _>(uuids(orders)).execute(conn).await?;
    Ok(())
}

/// Locks orders placed before a time whose invoice address is still stored.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn lock_due_buyers(conn: &mut Conn, placed_before: Timestamp, limit: i64) -> StoreResult<Vec<OrderId>> {
    let statement = diesel::sql_query(include_str!("due_buyers.sql"));
    Ok(ids(statement.bind::<Timestamptz, _>(placed_before).bind::<BigInt, _>(limit).load(conn).await?))
}

/// Removes invoice address, account, metafields and line attributes from orders.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn remove_buyers(conn: &mut Conn, orders: &[OrderId], now: Timestamp) -> StoreResult<usize> {
    let statement = diesel::sql_query(include_str!("remove_buyers.sql"));
    let bound = statement.bind::<Array<SqlUuid>, _>(uuids(orders)).bind::<Timestamptz, _>(now);
    Ok(bound.execute(conn).await?)
}

/// The number of orders that [`lock_due_contacts`] finds without a limit.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn count_due_contacts(conn: &mut Conn, placed_before: Option<Timestamp>) -> StoreResult<i64> {
    let finished = [OrderStatus::Completed, OrderStatus::Canceled, OrderStatus::Expired].map(<&str>::from);
    let is_due = orders::erasure_requested_at.is_not_null().or(orders::placed_at.nullable().lt(placed_before));
    let due = orders::table
        .filter(orders::contact_removed_at.is_null())
        .filter(orders::status.eq_any(finished))
        .filter(is_due);
    Ok(due.count().get_result(conn).await?)
}

/// The number of orders that [`lock_due_buyers`] finds without a limit.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn count_due_buyers(conn: &mut Conn, placed_before: Timestamp) -> StoreResult<i64> {
    let due = orders::table
        .filter(orders::contact_removed_at.is_not_null())
        .filter(orders::buyer_removed_at.is_null())
        .filter(orders::placed_at.lt(placed_before));
    Ok(due.count().get_result(conn).await?)
}

fn uuids(orders: &[OrderId]) -> Vec<Uuid> {
    orders.iter().map(|id| id.uuid()).collect()
}

fn ids(rows: Vec<IdRow>) -> Vec<OrderId> {
    rows.into_iter().map(|row| OrderId::restore(row.id)).collect()
}
