//! Why money was given back, and who said so.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Money, Timestamp,
    ids::{OrderId, PaymentId, PaymentTransactionId, RefundId},
    payments::TransactionStatus,
};
use uuid::Uuid;

use super::{
    lists::grouped,
    rows::parse,
    tables::{payment_transactions, refunds},
};
use crate::{Conn, StoreResult};

/// A refund with the amount and the status of its transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Identifier.
    pub id: RefundId,
    /// The payment.
    pub payment_id: PaymentId,
    /// The money event.
    pub transaction_id: PaymentTransactionId,
    /// The order.
    pub order_id: Option<OrderId>,
    /// How much; read from the transaction.
    pub amount: Money,
    /// How far it is; read from the transaction.
    pub status: TransactionStatus,
    /// Why.
    pub reason: Option<String>,
    /// Who said so.
    pub actor: String,
    /// When.
    pub created_at: Timestamp,
}

type Row = (Uuid, Uuid, Uuid, Option<Uuid>, i64, String, String, Option<String>, String, Timestamp);

/// Writes a refund, unless its transaction has one already; the amount and the status stand in the transaction.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn insert_refund(conn: &mut Conn, refund: &Refund) -> StoreResult<()> {
    let values = (
        refunds::id.eq(refund.id.uuid()),
        refunds::payment_id.eq(refund.payment_id.uuid()),
        refunds::transaction_id.eq(refund.transaction_id.uuid()),
        refunds::order_id.eq(refund.order_id.map(OrderId::uuid)),
        refunds::reason.eq(refund.reason.as_deref()),
        refunds::actor.eq(&refund.actor),
        refunds::created_at.eq(refund.created_at),
    );
    diesel::insert_into(refunds::table).values(values).on_conflict_do_nothing().execute(conn).await?;
    Ok(())
}

/// Refunds by the id of their transaction.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn refunds_by_ids(
    conn: &mut Conn,
    transactions: &[PaymentTransactionId],
) -> StoreResult<HashMap<PaymentTransactionId, Refund>> {
    let ids: Vec<Uuid> = transactions.iter().map(|id| id.uuid()).collect();
    let rows: Vec<Row> = selected().filter(refunds::transaction_id.eq_any(ids)).load(conn).await?;
    rows.into_iter().map(|row| restore(row).map(|refund| (refund.transaction_id, refund))).collect()
}

/// The refunds of payments, oldest first.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn refunds_of(conn: &mut Conn, payments: &[PaymentId]) -> StoreResult<HashMap<PaymentId, Vec<Refund>>> {
    let ids: Vec<Uuid> = payments.iter().map(|id| id.uuid()).collect();
    let rows: Vec<Row> = selected().filter(refunds::payment_id.eq_any(ids)).order(refunds::id).load(conn).await?;
    let list: Vec<Refund> = rows.into_iter().map(restore).collect::<StoreResult<_>>()?;
    Ok(grouped(list.into_iter().map(|refund| (refund.payment_id, refund))))
}

type Columns = (
    refunds::id,
    refunds::payment_id,
    refunds::transaction_id,
    refunds::order_id,
    payment_transactions::amount,
    payment_transactions::currency,
    payment_transactions::status,
    refunds::reason,
    refunds::actor,
    refunds::created_at,
);

const COLUMNS: Columns = (
    refunds::id,
    refunds::payment_id,
    refunds::transaction_id,
    refunds::order_id,
    payment_transactions::amount,
    payment_transactions::currency,
    payment_transactions::status,
    refunds::reason,
    refunds::actor,
    refunds::created_at,
);

#[diesel::dsl::auto_type(no_type_alias)]
fn selected() -> _ {
    let columns: Columns = COLUMNS;
    refunds::table.inner_join(payment_transactions::table).select(columns)
}

fn restore(row: Row) -> StoreResult<Refund> {
    let (id, payment, transaction, order, amount, currency, status, reason, actor, created_at) = row;
    Ok(Refund {
        id: RefundId::restore(id),
        payment_id: PaymentId::restore(payment),
        transaction_id: PaymentTransactionId::restore(transaction),
        order_id: order.map(OrderId::restore),
        amount: Money::new(amount, parse(&currency)?),
        status: parse(&status)?,
        reason,
        actor,
        created_at,
    })
}
