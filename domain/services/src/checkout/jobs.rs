//! What has to happen after a cart completed, or did not: all of it outside the transaction.

use model::{
    Timestamp,
    channels::CaptureMode,
    orders::Order,
    payments::{Payment, PaymentStatus},
};
use persistence::jobs::NewJob;

use crate::{
    orders::{confirm_job, expire_job},
    payments::capture_job,
};

/// Confirms the order, takes its money where the channel does so at once, gives up on a payment that does not come.
pub(super) fn after_placing(
    order: &Order,
    payment: Option<&Payment>,
    mode: CaptureMode,
    now: Timestamp,
) -> Vec<NewJob> {
    // One that waits for its payment is confirmed when it opens.
    let mut jobs = vec![match order.expires_at {
        Some(until) => expire_job(order.id, until),
        None => confirm_job(order.id, now),
    }];
    let held = payment.filter(|payment| payment.status == PaymentStatus::Authorized && mode == CaptureMode::Automatic);
    jobs.extend(held.map(|payment| capture_job(payment.id, now)));
    jobs
}
