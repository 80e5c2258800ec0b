//! Merging what a gateway states about a charge into its payment.

use model::{
    Timestamp,
    channels::CaptureMode,
    payments::{
        Applied, FailureCode, Payment, PaymentMethod, PaymentRecord, PaymentStatus, ReportAlert, TransactionKind,
    },
};
use persistence::{db::Transactions as _, payments as store};

use super::{
    alerts,
    charge_update::{ChargeUpdate, Source},
    follow_up::save_with_consequences,
};
use crate::{
    App, UseCaseError,
    bus::Topic,
    error::{OnStoreError as _, RuleError},
    orders::PaymentCause,
    telemetry::Counter,
};

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
        self.status_before.is_undecided() && self.record.payment.is_secured() && !self.record.payment.is_unwanted
    }
}

impl RuleError for ReportAlert {}

/// A statement of a gateway was not merged: it was rejected, or the system failed.
pub(crate) type UpdateError = UseCaseError<ReportAlert>;

/// Merges a statement of a gateway into a payment, in one transaction with everything that follows from it. Late, repeated
/// and disordered statements change nothing that is known better. One that contradicts the payment is rejected and
/// raises an alert.
pub(crate) async fn apply_update(app: &App, update: &ChargeUpdate<'_>) -> Result<Updated, UpdateError> {
    let (updated, applied) = match try_update(app, update).await {
        Err(UseCaseError::Rule(alert)) => {
            alerts::record_rejection(app, update, alert).await?;
            return Err(alert.into());
        }
        result => result?,
    };
    if let Some(applied) = applied {
        count(app, &updated.record, &applied);
        alerts::raise_larger_capture(app, &updated.record, &applied);
        app.bus.publish(Topic::Outbox);
        app.bus.publish(Topic::Jobs);
    }
    Ok(updated)
}

/// Merges a statement; returns the changes, or none if everything in it was known.
async fn try_update(app: &App, update: &ChargeUpdate<'_>) -> Result<(Updated, Option<Applied>), UpdateError> {
    let settings = app.settings.current(&app.db).await?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, UpdateError, _>(async |conn| {
        let mut record = store::lock_record(conn, update.attempt.payment_id).await?;
        let before = record.clone();
        let status_before = before.payment.status;
        let applied = merge(&mut record, update, now)?;
        if let Source::Webhook { id, kind } = update.source
            && !store::record_webhook(conn, &update.attempt.gateway, id, kind, now).await?
        {
            return Ok((Updated { record: before, status_before }, None));
        }
        if record == before {
            return Ok((Updated { record, status_before }, None));
        }
        record.payment.is_unwanted |= is_released(&before.payment, &record.payment);
        alerts::record_larger_capture(conn, &record, &applied, now).await?;
        let channel = settings.channel_by_id(record.payment.channel_id);
        // Staff decide about the payments of a channel that was deleted.
        let mode = channel.map_or(CaptureMode::Manual, |channel| channel.capture_mode);
        let by = (mode, PaymentCause::SYSTEM);
        save_with_consequences(conn, &app.abuse, &mut record, &applied, by, now).await?;
        Ok((Updated { record, status_before }, Some(applied)))
    })
    .await
    .on_constraint("payment_attempts_gateway_reference_key", ReportAlert::Reference)
    .on_constraint("payment_transactions_gateway_reference_key", ReportAlert::Reference)
}

/// True if what a payment holds now is released. After a failure, the shopper and the order were told that nothing is
/// charged; and an authorization of less than the amount does not pay for the order.
fn is_released(before: &Payment, now: &Payment) -> bool {
    let is_late = before.status.is_over() && !now.status.is_over() && !now.status.is_undecided();
    is_late || (now.is_short() && !before.is_short())
}

fn merge(record: &mut PaymentRecord, update: &ChargeUpdate<'_>, now: Timestamp) -> Result<Applied, ReportAlert> {
    let applied = record.apply(update.attempt.id, update.report, now)?;
    let Source::Call { latency, next } = update.source else { return Ok(applied) };
    let current = record.attempts.iter_mut().find(|attempt| attempt.id == update.attempt.id);
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
    if applied.status_before.is_undecided() {
        app.gateways.count_decision(payment);
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
        PaymentStatus::PartiallyAuthorized => Some(Counter::PaymentPartiallyAuthorized),
        PaymentStatus::Failed if payment.failure == Some(FailureCode::GatewayUnavailable) => {
            Some(Counter::PaymentUnavailable)
        }
        PaymentStatus::Failed => Some(Counter::PaymentDeclined),
        PaymentStatus::Pending if payment.method == PaymentMethod::Card => Some(Counter::PaymentPending),
        _ => None,
    }
}
