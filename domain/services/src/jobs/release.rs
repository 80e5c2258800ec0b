//! Releasing a payment that is no longer wanted.

use model::{Timestamp, payments::Payment};
use persistence::{Conn, StoreResult, payments};

use super::{Job, ScheduledJob};

/// Marks a payment as unwanted, in the transaction of the change that makes it so, and returns the job that the caller
/// enqueues with its other jobs: it voids what is held or refunds what was captured. A payment that is authorized later
/// is voided when its gateway reports it.
#[must_use = "the payment is released by the job"]
pub(crate) async fn release_payment(conn: &mut Conn, payment: &Payment, now: Timestamp) -> StoreResult<ScheduledJob> {
    payments::mark_unwanted(conn, payment.id, now).await?;
    let id = payment.id;
    Ok(if payment.captured.is_zero() { Job::VoidPayment(id) } else { Job::RefundPayment(id) }.at(now))
}
