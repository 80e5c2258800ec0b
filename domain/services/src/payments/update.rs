//! Merging what a gateway states about a charge into its payment.

use std::time::Duration;

use model::{
    Timestamp,
    channels::CaptureMode,
    ids::{PaymentAttemptId, PaymentId},
    payments::{
        Applied, ChargeReport, FailureCode, Payment, PaymentAttempt, PaymentMethod, PaymentRecord, PaymentStatus,
        TransactionKind,
    },
};
use persistence::{db::Transactions as _, payments as store};

use super::follow_up::save_with_consequences;
use crate::{App, ServiceError, ServiceResult, bus::Topic, error::OrInternal as _, telemetry::Counter};

/// A gateway's statement about a charge, and where we got it from.
#[derive(Debug)]
pub(crate) struct ChargeUpdate<'a> {
    /// The attempt that created the charge.
    pub attempt: PaymentAttemptId,
    /// The statement.
    pub report: &'a ChargeReport,
    /// Where we got it from.
    pub source: Source<'a>,
}

/// Where a statement comes from.
#[derive(Debug)]
pub(crate) enum Source<'a> {
    /// The answer to our own call.
    Call {
        /// Latency of the gateway, if known.
        latency: Option<Duration>,
        /// The attempt to make next if this one charged nothing.
        next: Option<&'a PaymentAttempt>,
    },
    /// A lookup by reference, or the answer to an operation.
    Query,
    /// A webhook; recorded so that a redelivery is ignored.
    Webhook {
        /// The gateway's name.
        gateway: &'a str,
        /// The message's id.
        id: &'a str,
        /// The message's type.
        kind: &'a str,
    },
}

/// The result of [`apply_update`].
pub(crate) struct Updated {
    /// The payment after the update.
    pub record: PaymentRecord,
    /// The status before.
    pub status_before: PaymentStatus,
}

impl Updated {
    /// True if this update made the payment one that a cart can be completed with.
    pub fn is_newly_authorized(&self) -> bool {
        self.status_before.is_undecided()
            && self.record.payment.status == PaymentStatus::Authorized
            && !self.record.payment.is_unwanted
    }
}

/// Merges a statement of a gateway into a payment, in one transaction with everything that follows from it. Late, repeated
/// and disordered statements change nothing that is known better.
pub(crate) async fn apply_update(app: &App, id: PaymentId, update: &ChargeUpdate<'_>) -> ServiceResult<Updated> {
    let settings = app.settings.current(&app.db).await?;
    let now = app.clock.now();
    let (updated, applied) = app
        .db
        .write()
        .await?
        .transaction(async |conn| {
            let mut record = store::lock_record(conn, id).await?;
            let status_before = record.payment.status;
            if let Source::Webhook { gateway, id: message, kind } = update.source
                && !store::record_webhook(conn, gateway, message, kind, now).await?
            {
                return Ok((Updated { record, status_before }, None));
            }
            let before = record.clone();
            let applied = merge(&mut record, update, now)?;
            if record == before {
                return Ok((Updated { record, status_before }, None));
            }
            if status_before.is_over() && record.payment.status == PaymentStatus::Authorized {
                // The shopper and the order were told that this payment failed: it must not be captured now.
                record.payment.is_unwanted = true;
            }
            let channel = settings.channel_by_id(record.payment.channel_id);
            // Staff decide about the payments of a channel that was deleted.
            let mode = channel.map_or(CaptureMode::Manual, |channel| channel.capture_mode);
            save_with_consequences(conn, &mut record, &applied, mode, now).await?;
            Ok::<_, ServiceError>((Updated { record, status_before }, Some(applied)))
        })
        .await?;
    if let Some(applied) = applied {
        count(app, &updated.record, &applied);
        app.bus.publish(Topic::Outbox);
        app.bus.publish(Topic::Jobs);
    }
    Ok(updated)
}

fn merge(record: &mut PaymentRecord, update: &ChargeUpdate<'_>, now: Timestamp) -> ServiceResult<Applied> {
    let applied = record.apply(update.attempt, update.report, now).or_internal("merge the report of a gateway")?;
    let Source::Call { latency, next } = update.source else { return Ok(applied) };
    let current = record.attempts.iter_mut().find(|attempt| attempt.id == update.attempt);
    if let (Some(attempt), Some(latency)) = (current, latency) {
        // Calls are bounded by a time-out, far below 24 days.
        attempt.latency_ms = i32::try_from(latency.as_millis()).ok();
    }
    // Meanwhile a webhook may have reported an authorization, or a newer payment of the cart may have replaced this one.
    let is_still_wanted = record.payment.status == PaymentStatus::Failed && !record.payment.is_unwanted;
    if let Some(next) = next.filter(|_| is_still_wanted) {
        record.attempts.push(next.clone());
        record.derive_status(now);
    }
    Ok(applied)
}

fn count(app: &App, record: &PaymentRecord, applied: &Applied) {
    let payment = &record.payment;
    let is_counted = applied.status_before != payment.status || payment.status == PaymentStatus::Pending;
    if is_counted && let Some(counter) = counter_of(payment) {
        app.telemetry.count(counter);
    }
    for transaction in record.just_succeeded(applied) {
        match transaction.kind {
            TransactionKind::Capture => app.telemetry.count(Counter::PaymentCaptured),
            TransactionKind::Refund => app.telemetry.count(Counter::PaymentRefunded),
            TransactionKind::Void => app.telemetry.count(Counter::PaymentVoided),
            TransactionKind::Authorize | TransactionKind::Chargeback => {}
        }
    }
}

fn counter_of(payment: &Payment) -> Option<Counter> {
    match payment.status {
        PaymentStatus::Authorized => Some(Counter::PaymentAuthorized),
        PaymentStatus::Failed if payment.failure == Some(FailureCode::GatewayUnavailable) => {
            Some(Counter::PaymentUnavailable)
        }
        PaymentStatus::Failed => Some(Counter::PaymentDeclined),
        PaymentStatus::Pending if payment.method == PaymentMethod::Card => Some(Counter::PaymentPending),
        _ => None,
    }
}
