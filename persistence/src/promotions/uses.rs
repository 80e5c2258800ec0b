//! Uses of discount codes by orders. The conditional update decides, not what was read before.

use diesel::{
    prelude::*,
    sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    ids::{CustomerId, OrderId},
};

use crate::{Conn, StoreResult};

/// Who uses codes for which order.
#[derive(Debug, Clone, Copy)]
pub struct CodeUse<'a> {
    /// The order.
    pub order: OrderId,
    /// The account of the buyer.
    pub customer: Option<CustomerId>,
    /// The e-mail address of the buyer.
    pub email: &'a str,
    /// When.
    pub at: Timestamp,
}

#[derive(QueryableByName)]
struct Refused {
    #[diesel(sql_type = Text)]
    code: String,
}

/// Uses each code once for an order, within the transaction that places it, and returns those that were used up by
/// others or by this buyer; then the transaction has to be rolled back. Rows are locked in one order.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn use_codes(conn: &mut Conn, codes: &[String], by: &CodeUse<'_>) -> StoreResult<Vec<String>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let used_up: Vec<Refused> =
        diesel::sql_query(include_str!("count_uses.sql")).bind::<Array<Text>, _>(codes).load(conn).await?;
    if !used_up.is_empty() {
        return Ok(texts(used_up));
    }
    // A statement of its own: it has to see what others committed before the first one got their locks.
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

/// Gives back the codes of an order that came to nothing. Safe to repeat.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn release_codes(conn: &mut Conn, order: OrderId) -> StoreResult<()> {
    diesel::sql_query(include_str!("release_uses.sql")).bind::<SqlUuid, _>(order.uuid()).execute(conn).await?;
    Ok(())
}

fn texts(refused: Vec<Refused>) -> Vec<String> {
    refused.into_iter().map(|row| row.code).collect()
}
