//! Uses of discount codes by orders. A conditional update decides if a code can be used, not the values read before.

use diesel::{
    prelude::*,
    sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    ids::{CustomerId, OrderId},
};

use uuid::Uuid;

use crate::{Conn, StoreResult};

/// A use of discount codes by an order.
#[derive(Debug, Clone, Copy)]
pub struct CodeUse<'a> {
    /// The order of the list.
    pub order: OrderId,
    /// The buyer's account, if any.
    pub customer: Option<CustomerId>,
    /// The buyer's e-mail address.
    pub email: &'a str,
    /// The time of the event.
    pub at: Timestamp,
}

#[derive(QueryableByName)]
struct Refused {
    #[diesel(sql_type = Text)]
    code: String,
}

/// Uses each code once for an order, in the transaction that places it, and returns the codes that are used up; roll
/// back if there are any. Rows are locked in one order.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn use_codes(conn: &mut Conn, codes: &[String], by: &CodeUse<'_>) -> StoreResult<Vec<String>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let used_up: Vec<Refused> =
        diesel::sql_query(include_str!("count_uses.sql")).bind::<Array<Text>, _>(codes).load(conn).await?;
    if !used_up.is_empty() {
        return Ok(texts(used_up));
    }
    // A separate statement, because it must see what other transactions committed before the first statement got its
    // locks.
    let refused: Vec<Refused> = diesel::sql_query(include_str!("record_uses.sql"))
        .bind::<Array<Text>, _>(codes)
        .bind::<SqlUuid, _>(by.order.uuid())
        .bind::<Nullable<SqlUuid>, _>(by.customer.map(CustomerId::uuid))
        .bind::<Text, _>(by.email.to_lowercase())
        .bind::<Timestamptz, _>(by.at)
        .load(conn)
        .await?;
    Ok(texts(refused))
}

/// Releases the codes of an order that was never paid. Safe to repeat.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn release_codes(conn: &mut Conn, order: OrderId) -> StoreResult<()> {
    diesel::sql_query(include_str!("release_uses.sql")).bind::<SqlUuid, _>(order.uuid()).execute(conn).await?;
    Ok(())
}

/// Removes the buyer's e-mail address from the uses of codes by orders. The uses still count, but not towards the limit of
/// the person any longer.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn remove_buyers(conn: &mut Conn, orders: &[OrderId]) -> StoreResult<()> {
    let orders: Vec<Uuid> = orders.iter().map(|id| id.uuid()).collect();
    diesel::sql_query(include_str!("remove_buyers.sql")).bind::<Array<SqlUuid>, _>(orders).execute(conn).await?;
    Ok(())
}

fn texts(refused: Vec<Refused>) -> Vec<String> {
    refused.into_iter().map(|row| row.code).collect()
}
