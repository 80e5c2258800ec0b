//! What gateways tell by themselves.

use model::payments::{PaymentRecord, PaymentStatus};
use persistence::payments as store;

use super::{
    gateway::WebhookHeaders,
    learn::{Lesson, learn},
};
use crate::{App, ServiceError, ServiceResult, checkout};

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It said something new.
    Applied,
    /// It said what was known.
    Known,
    /// It is about a charge that is not ours.
    Foreign,
}

/// Why a message is not taken.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// No gateway of this name sends messages.
    #[error("there is no such gateway")]
    UnknownGateway,
    /// It is not believed, or cannot be read.
    #[error("{0}")]
    Unverified(String),
    /// Anything else; the gateway sends it again.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<persistence::StoreError> for WebhookError {
    fn from(error: persistence::StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// Takes a message of a gateway: believes it by its signature, merges what it says, and completes the cart of a payment
/// that it decides. Late, repeated and disordered messages change nothing that is known better.
///
/// # Errors
/// [`WebhookError`].
pub async fn receive_webhook(
    app: &App,
    gateway: &str,
    headers: &WebhookHeaders<'_>,
    body: &[u8],
) -> Result<Received, WebhookError> {
    let now = app.clock.now();
    let speaker = app.gateways.get(gateway).ok_or(WebhookError::UnknownGateway)?;
    let read = speaker.read_webhook(headers, body, now.timestamp()).ok_or(WebhookError::UnknownGateway)?;
    let message = read.map_err(WebhookError::Unverified)?;
    let (attempt, record) = {
        let mut conn = app.db.read().await?;
        let found = store::attempt_by_reference(&mut conn, gateway, &message.report.reference).await?;
        let Some(attempt) = found else { return Ok(Received::Foreign) };
        let record = store::find_record(&mut conn, attempt.payment_id).await?;
        (attempt, record.ok_or(persistence::StoreError::NotFound)?)
    };
    // Most messages repeat what the answer to our call has said; those cost two reads and no lock.
    let mut merged = record.clone();
    merged.apply(attempt.id, &message.report, now);
    if merged == record {
        return Ok(Received::Known);
    }
    let lesson = Lesson {
        attempt: attempt.id,
        report: &message.report,
        latency: None,
        next: None,
        message: Some((gateway, &message.id, &message.kind)),
    };
    let learned = learn(app, attempt.payment_id, &lesson).await?;
    // A plain payment is completed by its shopper, who waits for the answer of our call; the others by us.
    let was_plain = attempt.outcome == model::payments::AttemptOutcome::Started;
    if learned.is_newly_authorized() && !was_plain {
        complete_if_authorized(app, &learned.record).await?;
    }
    Ok(Received::Applied)
}

/// Completes the cart of an authorised payment that has no order yet.
pub(super) async fn complete_if_authorized(app: &App, record: &PaymentRecord) -> ServiceResult<()> {
    let payment = &record.payment;
    if payment.status == PaymentStatus::Authorized && payment.order_id.is_none() && !payment.is_unwanted {
        checkout::complete_paid(app, payment.id).await?;
    }
    Ok(())
}
