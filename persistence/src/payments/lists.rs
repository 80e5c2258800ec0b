//! Batch queries of payments, attempts and transactions.

use std::{collections::HashMap, hash::Hash};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    ids::{OrderId, PaymentId},
    payments::{Payment, PaymentAttempt, PaymentTransaction},
};
use uuid::Uuid;

use super::{
    rows::{AttemptRow, PaymentRow, TransactionRow},
    tables::{payment_attempts, payment_transactions, payments},
};
use crate::{Conn, StoreResult};

/// Payments by id; absent ones are omitted.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn by_ids(conn: &mut Conn, ids: &[PaymentId]) -> StoreResult<HashMap<PaymentId, Payment>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows: Vec<PaymentRow> =
        payments::table.filter(payments::id.eq_any(ids)).select(PaymentRow::as_select()).load(conn).await?;
    rows.into_iter().map(|row| Payment::try_from(row).map(|payment| (payment.id, payment))).collect()
}

/// The payments of orders, oldest first.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn by_orders(conn: &mut Conn, orders: &[OrderId]) -> StoreResult<HashMap<OrderId, Vec<Payment>>> {
    let ids: Vec<Uuid> = orders.iter().map(|id| id.uuid()).collect();
    let rows: Vec<PaymentRow> = payments::table
        .filter(payments::order_id.eq_any(ids))
        .select(PaymentRow::as_select())
        .order((payments::order_id, payments::id))
        .load(conn)
        .await?;
    let list: Vec<Payment> = rows.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()?;
    Ok(grouped(list.into_iter().filter_map(|payment| payment.order_id.map(|order| (order, payment)))))
}

/// The attempts of payments, in order.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn attempts_of(
    conn: &mut Conn,
    payments: &[PaymentId],
) -> StoreResult<HashMap<PaymentId, Vec<PaymentAttempt>>> {
    let ids: Vec<Uuid> = payments.iter().map(|id| id.uuid()).collect();
    let rows: Vec<AttemptRow> = payment_attempts::table
        .filter(payment_attempts::payment_id.eq_any(ids))
        .select(AttemptRow::as_select())
        .order((payment_attempts::payment_id, payment_attempts::number))
        .load(conn)
        .await?;
    let list: Vec<PaymentAttempt> = rows.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()?;
    Ok(grouped(list.into_iter().map(|attempt| (attempt.payment_id, attempt))))
}

/// The transactions of payments, oldest first.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn transactions_of(
    conn: &mut Conn,
    payments: &[PaymentId],
) -> StoreResult<HashMap<PaymentId, Vec<PaymentTransaction>>> {
    let ids: Vec<Uuid> = payments.iter().map(|id| id.uuid()).collect();
    let rows: Vec<TransactionRow> = payment_transactions::table
        .filter(payment_transactions::payment_id.eq_any(ids))
        .select(TransactionRow::as_select())
        .order((payment_transactions::payment_id, payment_transactions::id))
        .load(conn)
        .await?;
    let list: Vec<PaymentTransaction> = rows.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()?;
    Ok(grouped(list.into_iter().map(|transaction| (transaction.payment_id, transaction))))
}

/// Undecided payments that have not changed since `before`, oldest first.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn undecided(conn: &mut Conn, before: Timestamp, limit: i64) -> StoreResult<Vec<PaymentId>> {
    let ids: Vec<Uuid> = payments::table
        .filter(payments::status.eq_any(["PENDING", "REQUIRES_ACTION"]).and(payments::updated_at.lt(before)))
        .select(payments::id)
        .order((payments::updated_at, payments::id))
        .limit(limit)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(PaymentId::restore).collect())
}

pub(super) fn grouped<K: Eq + Hash, V>(pairs: impl Iterator<Item = (K, V)>) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}
