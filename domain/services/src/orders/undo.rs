//! What an order that comes to nothing gives back besides its stock: what the shopper owed, and unpaid discount codes.

use model::{
    Money, Timestamp,
    orders::{Order, cancellation},
    payments::Payment,
};
use persistence::{Conn, StoreResult, jobs, ledger, payments, promotions};

use crate::{
    ServiceError, ServiceResult,
    payments::{refund_job, void_job},
};

/// Lets go of the payment of an order that comes to nothing: what is held is released, what was taken is given back, and
/// so is whatever comes later.
pub(super) async fn let_go(conn: &mut Conn, payment: &Payment, now: Timestamp) -> StoreResult<()> {
    payments::mark_unwanted(conn, payment.id, now).await?;
    let job = if payment.captured.is_zero() { void_job(payment.id, now) } else { refund_job(payment.id, now) };
    jobs::enqueue(conn, &[job]).await
}

/// Takes back what is owed for the order and was not captured, and gives back the codes that it used if no money had come
/// for it: a use that was paid for stays one.
pub(super) async fn undo_sale(conn: &mut Conn, order: &Order, captured: Money, now: Timestamp) -> ServiceResult<()> {
    let used_codes = order.promotions.iter().any(|promotion| promotion.code.is_some());
    if used_codes && !order.payment_status.has_come() {
        promotions::release_codes(conn, order.id).await?;
    }
    let internal = |error: &dyn std::fmt::Display| ServiceError::Internal(error.to_string());
    let amounts = order.amounts().map_err(|error| internal(&error))?;
    let entry = cancellation(order.id, &amounts, captured, now).map_err(|error| internal(&error))?;
    Ok(ledger::post(conn, entry.as_slice()).await?)
}
