//! What has to happen after a cart completed, or did not: all of it outside the transaction.

use model::{
    Money, Timestamp,
    channels::CaptureMode,
    ids::{OrderId, PaymentId},
    orders::Order,
    payments::{Payment, PaymentStatus},
};
use persistence::jobs::NewJob;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::orders::{CONFIRM, EXPIRE, OrderJob};

/// What the jobs about a payment carry.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentJob {
    /// The payment.
    pub payment_id: PaymentId,
}

/// What the jobs that give money back carry.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundJob {
    /// The payment.
    pub payment_id: PaymentId,
    /// How much.
    pub amount: Money,
    /// The same key gives back once.
    pub key: String,
}

/// Confirms the order, takes its money where the channel does so at once, gives up on a payment that does not come.
pub(super) fn after_placing(
    order: &Order,
    payment: Option<&Payment>,
    mode: CaptureMode,
    now: Timestamp,
) -> Vec<NewJob> {
    let about = OrderJob { order_id: order.id };
    let mut jobs = vec![job("default", CONFIRM, json!(about), order.id, now)];
    jobs.extend(order.expires_at.map(|until| job("default", EXPIRE, json!(about), order.id, until)));
    let held = payment.filter(|payment| payment.status == PaymentStatus::Authorized && mode == CaptureMode::Automatic);
    jobs.extend(held.map(|payment| {
        let about = PaymentJob { payment_id: payment.id };
        job("payments", "payments.capture", json!(about), payment.id, now)
    }));
    jobs
}

/// Releases what is held, now or when it turns up.
pub(crate) fn void_job(payment: PaymentId, now: Timestamp) -> NewJob {
    job("payments", "payments.void", json!(PaymentJob { payment_id: payment }), payment, now)
}

/// Gives back everything that was taken for an order.
pub(crate) fn refund_job(order: OrderId, payment: &Payment, now: Timestamp) -> NewJob {
    let about = RefundJob { payment_id: payment.id, amount: payment.kept(), key: format!("cancel {order}") };
    job("payments", "payments.refund", json!(about), payment.id, now)
}

fn job(
    queue: &'static str,
    kind: &'static str,
    payload: Value,
    about: impl std::fmt::Display,
    run_at: Timestamp,
) -> NewJob {
    NewJob { queue, kind, payload, unique_key: Some(format!("{kind} {about}")), run_at, max_attempts: 20 }
}
