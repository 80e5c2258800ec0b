//! Refunds: their reason and the actor who requested them.

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
use crate::{Conn, StoreError, StoreResult};

/// A refund, with amount and status of its transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The identifier.
    pub id: RefundId,
    /// The payment.
    pub payment_id: PaymentId,
    /// The transaction that moves the money.
    pub transaction_id: PaymentTransactionId,
    /// The order of the list.
    pub order_id: Option<OrderId>,
    /// The amount of the transaction.
    pub amount: Money,
    /// The status of the transaction.
    pub status: TransactionStatus,
    /// The reason.
    pub reason: Option<String>,
    /// The actor who requested it.
    pub actor: String,
    /// The time of the event.
    pub created_at: Timestamp,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = refunds, check_for_backend(diesel::pg::Pg))]
struct RefundRow {
    id: Uuid,
    payment_id: Uuid,
    transaction_id: Uuid,
    order_id: Option<Uuid>,
    reason: Option<String>,
    actor: String,
    created_at: Timestamp,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = payment_transactions, check_for_backend(diesel::pg::Pg))]
struct AmountRow {
    amount: i64,
    currency: String,
    status: String,
}

/// Inserts a refund unless its transaction already has one. Amount and status are stored with the transaction.
///
/// # Errors
/// [`StoreError`] if a statement fails.
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
/// [`StoreError`] if a statement fails.
pub async fn refunds_by_ids(
    conn: &mut Conn,
    transactions: &[PaymentTransactionId],
) -> StoreResult<HashMap<PaymentTransactionId, Refund>> {
    let ids: Vec<Uuid> = transactions.iter().map(|id| id.uuid()).collect();
    let rows: Vec<(RefundRow, AmountRow)> = refunds::table
        .inner_join(payment_transactions::table)
        .filter(refunds::transaction_id.eq_any(ids))
        .select((RefundRow::as_select(), AmountRow::as_select()))
        .load(conn)
        .await?;
    rows.into_iter().map(|row| Refund::try_from(row).map(|refund| (refund.transaction_id, refund))).collect()
}

/// The refunds of payments, oldest first.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn refunds_of(conn: &mut Conn, payments: &[PaymentId]) -> StoreResult<HashMap<PaymentId, Vec<Refund>>> {
    let ids: Vec<Uuid> = payments.iter().map(|id| id.uuid()).collect();
    let rows: Vec<(RefundRow, AmountRow)> = refunds::table
        .inner_join(payment_transactions::table)
        .filter(refunds::payment_id.eq_any(ids))
        .order(refunds::id)
        .select((RefundRow::as_select(), AmountRow::as_select()))
        .load(conn)
        .await?;
    let list: Vec<Refund> = rows.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()?;
    Ok(grouped(list.into_iter().map(|refund| (refund.payment_id, refund))))
}

impl TryFrom<(RefundRow, AmountRow)> for Refund {
    type Error = StoreError;
    fn try_from((row, transaction): (RefundRow, AmountRow)) -> StoreResult<Self> {
        Ok(Self {
            id: RefundId::restore(row.id),
            payment_id: PaymentId::restore(row.payment_id),
            transaction_id: PaymentTransactionId::restore(row.transaction_id),
            order_id: row.order_id.map(OrderId::restore),
            amount: Money::new(transaction.amount, parse(&transaction.currency)?),
            status: parse(&transaction.status)?,
            reason: row.reason,
            actor: row.actor,
            created_at: row.created_at,
        })
    }
}
