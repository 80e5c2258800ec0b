//! Webhooks of payment gateways.

use model::payments::{AttemptOutcome, PaymentAttempt, PaymentRecord, ReportAlert};
use persistence::{StoreError, db::Workload, payments as store};

use super::resolve::complete_if_authorized;
use crate::{
    App, ServiceError,
    payments::{
        ChargeUpdate, HeaderLookup, InvalidWebhook, Source, UpdateError, WebhookMessage, apply_update,
        record_unreadable,
    },
};

/// The effect of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It contained something new.
    Applied,
    /// Everything in it was known.
    Known,
    /// It is about a charge that is not ours.
    Foreign,
}

/// A webhook was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// There is no gateway of this name that sends webhooks.
    #[error("there is no such gateway")]
    UnknownGateway,
    /// Its signature is missing, wrong or too old.
    #[error("{0}")]
    Unverified(String),
    /// Its report cannot be read or contradicts the payment. Nothing of it was merged, and it can never be accepted.
    #[error(transparent)]
    Rejected(#[from] ReportAlert),
    /// Any other failure; the gateway sends it again.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for WebhookError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// The maximum number of bytes of a message's id.
const MAX_ID: usize = 255;

/// Verifies a webhook of a gateway, merges its report, and completes the cart of a payment that it decides. Late, repeated
/// and disordered webhooks change nothing that is known better.
///
/// # Errors
/// [`WebhookError`].
pub async fn receive_webhook(
    app: &App,
    gateway: &str,
    headers: &HeaderLookup<'_>,
    body: &[u8],
) -> Result<Received, WebhookError> {
    Workload::Payments.scope(receive(app, gateway, headers, body)).await
}

async fn receive(app: &App, gateway: &str, headers: &HeaderLookup<'_>, body: &[u8]) -> Result<Received, WebhookError> {
    let now = app.clock.now();
    let client = app.gateways.get(gateway).ok_or(WebhookError::UnknownGateway)?;
    let read = client.read_webhook(headers, body, now.timestamp()).ok_or(WebhookError::UnknownGateway)?;
    let WebhookMessage { id, kind, report } = match read {
        Ok(message) => message,
        Err(InvalidWebhook::Unverified(reason)) => return Err(WebhookError::Unverified(reason)),
        Err(InvalidWebhook::Unreadable { id, problem }) => {
            record_unreadable(app, gateway, id.get(..MAX_ID).unwrap_or(&id), &problem).await?;
            return Err(ReportAlert::Unreadable.into());
        }
    };
    if id.len() > MAX_ID {
        return Err(WebhookError::Unverified("the id of the message is too long".to_owned()));
    }
    let Some((attempt, record)) = find_charge(app, gateway, &report.reference).await? else {
        return Ok(Received::Foreign);
    };
    // Most webhooks repeat the answer to our own call; these cost two reads and no lock.
    let mut merged = record.clone();
    if merged.apply(attempt.id, &report, now).is_ok() && merged == record {
        return Ok(Received::Known);
    }
    let source = Source::Webhook { id: &id, kind: &kind };
    let updated = match apply_update(app, &ChargeUpdate { attempt: &attempt, report: &report, source }).await {
        Err(UpdateError::Rule(alert)) => return Err(alert.into()),
        updated => updated.map_err(|error| error.into_failure("merge the report of a webhook"))?,
    };
    // While our own call is in progress, the shopper waits for its answer and completes the cart.
    let is_in_call = attempt.outcome == AttemptOutcome::Started;
    if updated.is_newly_authorized() && !is_in_call {
        complete_if_authorized(app, &updated.record).await?;
    }
    Ok(Received::Applied)
}

async fn find_charge(
    app: &App,
    gateway: &str,
    reference: &str,
) -> Result<Option<(PaymentAttempt, PaymentRecord)>, WebhookError> {
    let mut conn = app.db.read().await?;
    let Some(attempt) = store::attempt_by_reference(&mut conn, gateway, reference).await? else { return Ok(None) };
    let record = store::find_record(&mut conn, attempt.payment_id).await?.ok_or(StoreError::NotFound)?;
    Ok(Some((attempt, record)))
}
