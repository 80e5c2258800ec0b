//! Webhooks of payment gateways.

use model::payments::{AttemptOutcome, PaymentAttempt, PaymentRecord};
use persistence::{StoreError, payments as store};

use super::resolve::complete_if_authorized;
use crate::{
    App, ServiceError,
    error::OrInternal as _,
    payments::{ChargeUpdate, HeaderLookup, Source, WebhookMessage, apply_update},
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
    /// Its signature is wrong, or it cannot be read.
    #[error("{0}")]
    Unverified(String),
    /// Any other failure; the gateway sends it again.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for WebhookError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

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
    let now = app.clock.now();
    let client = app.gateways.get(gateway).ok_or(WebhookError::UnknownGateway)?;
    let read = client.read_webhook(headers, body, now.timestamp()).ok_or(WebhookError::UnknownGateway)?;
    let WebhookMessage { id, kind, report } = read.map_err(WebhookError::Unverified)?;
    let Some((attempt, record)) = find_charge(app, gateway, &report.reference).await? else {
        return Ok(Received::Foreign);
    };
    // Most webhooks repeat the answer to our own call; these cost two reads and no lock.
    let mut merged = record.clone();
    merged.apply(attempt.id, &report, now).or_internal("merge the report of a webhook")?;
    if merged == record {
        return Ok(Received::Known);
    }
    let source = Source::Webhook { gateway, id: &id, kind: &kind };
    let update = ChargeUpdate { attempt: attempt.id, report: &report, source };
    let updated = apply_update(app, attempt.payment_id, &update).await?;
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
