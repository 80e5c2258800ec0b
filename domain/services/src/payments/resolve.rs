//! Finding out what became of payments that nobody told us of.

use std::time::Duration;

use model::{
    Timestamp,
    ids::PaymentId,
    payments::{
        AttemptOutcome, ChargeReport, FailureCode, PaymentAttempt, PaymentMethod, PaymentRecord, PaymentStatus,
    },
};

use super::{
    authorize::gateway_of,
    learn::{Learned, Lesson, learn},
    operation::read,
    void::release,
    webhook::complete_if_authorized,
};
use crate::{App, ServiceResult, jobs::JobError};

/// Asks the gateways of an undecided payment until it is known, then sees to it that an authorised payment becomes an
/// order or is released.
///
/// # Errors
/// [`JobError::NotYet`] while it is not known; a store's error.
pub async fn resolve(app: &App, id: PaymentId) -> Result<(), JobError> {
    let mut record = read(app, id).await?;
    let now = app.clock.now();
    if record.payment.status.is_undecided() {
        record = ask_gateways(app, record, now).await?;
    }
    let payment = &record.payment;
    let age = since(payment.created_at, now);
    match payment.status {
        PaymentStatus::RequiresAction if age >= app.gateways.timing.abandon_after => {
            release(app, id).await.map_err(|error| JobError::Retry(error.to_string()))?;
            Ok(())
        }
        PaymentStatus::Pending if payment.method == PaymentMethod::BankTransfer => Ok(()),
        PaymentStatus::Pending | PaymentStatus::RequiresAction => Err(JobError::NotYet(next_question(age))),
        PaymentStatus::Authorized if payment.order_id.is_none() && !payment.is_unwanted => {
            let patience = app.gateways.timing.complete_after;
            match patience.checked_sub(age) {
                Some(left) if !left.is_zero() => Err(JobError::NotYet(left)),
                _ => Ok(complete_if_authorized(app, &record).await?),
            }
        }
        _ => Ok(()),
    }
}

/// Asks the gateway once about a payment that waits for its shopper; says whether it is decided now. The cart is left to
/// the caller.
///
/// # Errors
/// A store's error.
pub async fn look_again(app: &App, id: PaymentId) -> ServiceResult<bool> {
    let mut record = read(app, id).await?;
    let now = app.clock.now();
    for attempt in open(&record) {
        if let Some(learned) = ask(app, &attempt, now).await? {
            record = learned.record;
        }
    }
    Ok(!record.payment.status.is_undecided())
}

/// The attempts whose outcome is not known.
fn open(record: &PaymentRecord) -> Vec<PaymentAttempt> {
    record.attempts.iter().filter(|attempt| !attempt.outcome.is_decided()).cloned().collect()
}

async fn ask(app: &App, attempt: &PaymentAttempt, now: Timestamp) -> ServiceResult<Option<Learned>> {
    let Some(report) = question(app, attempt, now).await? else { return Ok(None) };
    let lesson = Lesson { attempt: attempt.id, report: &report, latency: None, next: None, message: None };
    learn(app, attempt.payment_id, &lesson).await.map(Some)
}

/// Asks about each attempt whose outcome is not known, and completes the cart of a payment that turns out authorised.
async fn ask_gateways(app: &App, mut record: PaymentRecord, now: Timestamp) -> ServiceResult<PaymentRecord> {
    for attempt in open(&record) {
        let Some(learned) = ask(app, &attempt, now).await? else { continue };
        if learned.is_newly_authorized() && learned.record.payment.order_id.is_none() {
            complete_if_authorized(app, &learned.record).await?;
        }
        record = learned.record;
    }
    Ok(record)
}

/// What the gateway knows of an attempt. A charge that it has never heard of, long after we stopped waiting, did not
/// reach it; should it turn up nevertheless, it is voided.
async fn question(app: &App, attempt: &PaymentAttempt, now: Timestamp) -> ServiceResult<Option<ChargeReport>> {
    match gateway_of(app, &attempt.gateway)?.find(&attempt.reference).await {
        Ok(Some(report)) => Ok(Some(report)),
        Ok(None) if since(attempt.started_at, now) >= app.gateways.timing.lost_after => {
            let lost = AttemptOutcome::Unavailable;
            Ok(Some(ChargeReport::bare(&attempt.reference, lost, Some(FailureCode::GatewayUnavailable))))
        }
        Ok(None) => Ok(None),
        Err(error) => {
            tracing::warn!(gateway = attempt.gateway, payment = %attempt.payment_id, %error, "not resolved yet");
            Ok(None)
        }
    }
}

fn since(then: Timestamp, now: Timestamp) -> Duration {
    (now - then).to_std().unwrap_or_default()
}

/// A tenth of the payment's age: often at first, rarely when it takes days.
fn next_question(age: Duration) -> Duration {
    (age / 10).clamp(Duration::from_secs(1), Duration::from_mins(10))
}
