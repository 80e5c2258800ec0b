//! Learning what a gateway says: merged into the payment, posted to the ledger, told to order and outbox, at once.

use std::time::Duration;

use futures_util::try_join;
use model::{
    Money, Timestamp,
    channels::CaptureMode,
    events::DomainEvent,
    ids::{PaymentAttemptId, PaymentId},
    ledger::{self, Movement, RefundParts, Sale},
    orders::OrderStatus,
    payments::{
        Applied, ChargeReport, Payment, PaymentAttempt, PaymentMethod, PaymentRecord, PaymentStatus,
        PaymentTransaction, TransactionKind,
    },
};
use persistence::{Conn, db::Transactions as _, jobs, ledger as books, outbox, payments as store};

use super::jobs::{capture_job, operation_job, refund_job, void_job};
use crate::{App, ServiceError, ServiceResult, bus::Topic, orders, telemetry::Counter};

/// Something that a gateway said.
pub(super) struct Lesson<'a> {
    /// The attempt it is about.
    pub attempt: PaymentAttemptId,
    /// What was said.
    pub report: &'a ChargeReport,
    /// How long the gateway took to answer our call.
    pub latency: Option<Duration>,
    /// The attempt that is made next, because this one has charged nothing.
    pub next: Option<&'a PaymentAttempt>,
    /// The message that said it: gateway, name and kind.
    pub message: Option<(&'a str, &'a str, &'a str)>,
}

/// What came of it.
pub(super) struct Learned {
    /// The payment as it is now.
    pub record: PaymentRecord,
    /// The status before.
    pub status_before: PaymentStatus,
}

impl Learned {
    /// Whether the payment has just become one that a cart can be completed with.
    pub fn is_newly_authorized(&self) -> bool {
        self.status_before.is_undecided()
            && self.record.payment.status == PaymentStatus::Authorized
            && !self.record.payment.is_unwanted
    }
}

/// Merges what a gateway says into a payment, in one transaction with everything that follows from it.
pub(super) async fn learn(app: &App, id: PaymentId, lesson: &Lesson<'_>) -> ServiceResult<Learned> {
    let settings = app.settings.current(&app.db).await?;
    let now = app.clock.now();
    let (learned, applied) = app
        .db
        .write()
        .await?
        .transaction(async |conn| {
            let mut record = store::lock_record(conn, id).await?;
            let status_before = record.payment.status;
            if let Some((gateway, message, kind)) = lesson.message
                && !store::remember_webhook(conn, gateway, message, kind, now).await?
            {
                return Ok((Learned { record, status_before }, None));
            }
            let before = record.clone();
            let applied = merge(&mut record, lesson, now);
            if record == before {
                return Ok((Learned { record, status_before }, None));
            }
            if status_before.is_over() && record.payment.status == PaymentStatus::Authorized {
                // Everybody was told that this payment failed.
                record.payment.is_unwanted = true;
            }
            let is_automatic = settings
                .channel_by_id(record.payment.channel_id)
                .is_some_and(|channel| channel.capture_mode == CaptureMode::Automatic);
            follow_up(conn, &mut record, &applied, is_automatic, now).await?;
            Ok::<_, ServiceError>((Learned { record, status_before }, Some(applied)))
        })
        .await?;
    if let Some(applied) = applied {
        count(app, &learned, &applied);
        app.bus.publish(Topic::Outbox);
        app.bus.publish(Topic::Jobs);
    }
    Ok(learned)
}

fn merge(record: &mut PaymentRecord, lesson: &Lesson<'_>, now: Timestamp) -> Applied {
    let applied = record.apply(lesson.attempt, lesson.report, now);
    let current = record.attempts.iter_mut().find(|attempt| attempt.id == lesson.attempt);
    if let (Some(attempt), Some(latency)) = (current, lesson.latency) {
        attempt.latency_ms = i32::try_from(latency.as_millis()).ok();
    }
    // Meanwhile a message may have said otherwise, or a newer payment have taken the place of this one.
    let is_still_wanted = record.payment.status == PaymentStatus::Failed && !record.payment.is_unwanted;
    if let Some(next) = lesson.next.filter(|_| is_still_wanted) {
        record.attempts.push(next.clone());
        record.settle(now);
    }
    applied
}

/// Saves a changed payment with what follows from it: ledger, order, outbox and jobs, in the same transaction.
pub(super) async fn follow_up(
    conn: &mut Conn,
    record: &mut PaymentRecord,
    applied: &Applied,
    is_automatic: bool,
    now: Timestamp,
) -> ServiceResult<()> {
    let released = record.release_others(now);
    store::save_record(conn, record).await?;
    let payment = &record.payment;
    let mut succeeded = record.just_succeeded(applied);
    post(conn, payment, &succeeded, now).await?;
    // A charge that is let go of is money that moved, but none of the order's.
    succeeded.retain(|transaction| record.counts(transaction));
    let order = orders::payment_changed(conn, payment, &succeeded, now).await?;
    let is_held = payment.status == PaymentStatus::Authorized;
    let mut next: Vec<_> = released.iter().map(|transaction| operation_job(payment.id, transaction.id, now)).collect();
    if is_held && payment.is_unwanted {
        next.push(void_job(payment.id, now));
    }
    // The money came although nobody owed it any more: a capture was under way when the order was called off.
    let is_captured = succeeded.iter().any(|transaction| transaction.kind == TransactionKind::Capture);
    let is_late = is_captured && order.is_some_and(OrderStatus::is_void);
    if (payment.is_unwanted || is_late) && !record.refundable().is_zero() {
        next.push(refund_job(payment.id, now));
    }
    if is_held
        && !payment.is_unwanted
        && payment.order_id.is_some()
        && is_automatic
        && applied.status_before != payment.status
    {
        next.push(capture_job(payment.id, now));
    }
    let (conn, events): (&Conn, _) = (conn, [DomainEvent::PaymentUpdated { id: payment.id }]);
    try_join!(outbox::push(conn, &events), jobs::enqueue(conn, &next))?;
    Ok(())
}

/// Posts the money that has just moved.
async fn post(conn: &mut Conn, payment: &Payment, moved: &[&PaymentTransaction], now: Timestamp) -> ServiceResult<()> {
    let has_refund = moved.iter().any(|transaction| transaction.kind == TransactionKind::Refund);
    let mut entries = match payment.order_id {
        Some(order) if has_refund => books::of_order(conn, order).await?,
        _ => Vec::new(),
    };
    let known = entries.len();
    for transaction in moved {
        let movement = Movement {
            transaction: transaction.id,
            order: payment.order_id,
            gateway: &transaction.gateway,
            amount: transaction.amount,
            at: now,
        };
        let entry = match transaction.kind {
            TransactionKind::Capture => ledger::capture(&movement),
            TransactionKind::Chargeback => ledger::chargeback(&movement),
            TransactionKind::Refund => {
                let zero = Money::zero(transaction.amount.currency);
                let nothing = RefundParts { tax: zero, unowed: zero };
                let parts = Sale::of(&entries).map_or(nothing, |sale| sale.parts_of_refund(transaction.amount));
                ledger::refund(&movement, parts)
            }
            TransactionKind::Authorize | TransactionKind::Void => continue,
        };
        entries.push(entry.map_err(|error| ServiceError::Internal(error.to_string()))?);
    }
    Ok(books::post(conn, &entries.split_off(known)).await?)
}

fn count(app: &App, learned: &Learned, applied: &Applied) {
    let payment = &learned.record.payment;
    if applied.status_before != payment.status || payment.status == PaymentStatus::Pending {
        let fact = match payment.status {
            PaymentStatus::Authorized => Some(Counter::PaymentAuthorized),
            PaymentStatus::Failed if payment.failure == Some(model::payments::FailureCode::GatewayUnavailable) => {
                Some(Counter::PaymentUnavailable)
            }
            PaymentStatus::Failed => Some(Counter::PaymentDeclined),
            PaymentStatus::Pending if payment.method == PaymentMethod::Card => Some(Counter::PaymentPending),
            _ => None,
        };
        if let Some(fact) = fact {
            app.telemetry.count(fact);
        }
    }
    for transaction in learned.record.just_succeeded(applied) {
        match transaction.kind {
            TransactionKind::Capture => app.telemetry.count(Counter::PaymentCaptured),
            TransactionKind::Refund => app.telemetry.count(Counter::PaymentRefunded),
            TransactionKind::Void => app.telemetry.count(Counter::PaymentVoided),
            TransactionKind::Authorize | TransactionKind::Chargeback => {}
        }
    }
}
