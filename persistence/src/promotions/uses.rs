//! Uses of discount codes by orders. A conditional update decides if a code can be used, not the values read before.

use std::collections::HashMap;

use diesel::{
    prelude::*,
    sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    Page, PageRequest, Timestamp,
    ids::{CustomerId, DiscountCodeId, OrderId},
};
use uuid::Uuid;

use crate::{
    Conn, StoreResult,
    keyset::{self, ListOrder},
};

diesel::table! {
    /// Uses of discount codes by orders.
    discount_code_uses (code_id, order_id) {
        /// The code.
        code_id -> Uuid,
        /// The order.
        order_id -> Uuid,
        /// The buyer's account, if any.
        customer_id -> Nullable<Uuid>,
        /// The buyer's e-mail address in lower case; empty if it was removed.
        email -> Text,
        /// Time of the order.
        created_at -> Timestamptz,
    }
}

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

/// A use of a code by an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedUse {
    /// The order.
    pub order: OrderId,
    /// The buyer's account, if any.
    pub customer: Option<CustomerId>,
    /// Time of the order.
    pub at: Timestamp,
}

/// A page of the uses of a code, oldest first: ids of orders sort by time.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn uses_of(
    conn: &mut Conn,
    code: DiscountCodeId,
    page: &PageRequest<OrderId>,
) -> StoreResult<Page<RecordedUse>> {
    let of_code = discount_code_uses::table.filter(discount_code_uses::code_id.eq(code.uuid()));
    let columns = (discount_code_uses::order_id, discount_code_uses::customer_id, discount_code_uses::created_at);
    let query = of_code.select(columns).into_boxed();
    let query = keyset::page(query, discount_code_uses::order_id, page, ListOrder::OldestFirst);
    let rows: Vec<(Uuid, Option<Uuid>, Timestamp)> = query.load(conn).await?;
    let restore = |(order, customer, at): (Uuid, Option<Uuid>, Timestamp)| RecordedUse {
        order: OrderId::restore(order),
        customer: customer.map(CustomerId::restore),
        at,
    };
    Ok(Page::from_rows(page, rows.into_iter().map(restore).collect()))
}

/// The number of uses of codes by orders; codes without uses are left out.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn count_uses(conn: &mut Conn, codes: &[DiscountCodeId]) -> StoreResult<HashMap<DiscountCodeId, i64>> {
    let ids: Vec<Uuid> = codes.iter().map(|id| id.uuid()).collect();
    let rows: Vec<(Uuid, i64)> = discount_code_uses::table
        .filter(discount_code_uses::code_id.eq_any(ids))
        .group_by(discount_code_uses::code_id)
        .select((discount_code_uses::code_id, diesel::dsl::count_star()))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, uses)| (DiscountCodeId::restore(id), uses)).collect())
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
