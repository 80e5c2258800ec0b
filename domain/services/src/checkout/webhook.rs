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

/// The maximum number of bytes of a message's id, its type and the reference of its charge.
const MAX_TEXT: usize = 255;

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
    let WebhookMessage { id, kind, report } = read(app, gateway, headers, body).await?;
    let Some((attempt, record)) = find_charge(app, gateway, &report.reference).await? else {
        return Ok(Received::Foreign);
    };
    // Most webhooks repeat the answer to our own call; these cost two reads and no lock.
    let mut merged = record.clone();
    if merged.apply(attempt.id, &report, app.clock.now()).is_ok() && merged == record {
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

/// Verifies and reads a webhook. One that the gateway has signed and that cannot be read raises an alert.
async fn read(
    app: &App,
    gateway: &str,
    headers: &HeaderLookup<'_>,
    body: &[u8],
) -> Result<WebhookMessage, WebhookError> {
    let client = app.gateways.get(gateway).ok_or(WebhookError::UnknownGateway)?;
    let read = client.read_webhook(headers, body, app.clock.now().timestamp());
    let (id, problem) = match read.ok_or(WebhookError::UnknownGateway)? {
        Ok(message) if can_be_stored(&message) => return Ok(message),
        Ok(message) => (message.id, "its id, its type or the reference of its charge is malformed".to_owned()),
        Err(InvalidWebhook::Unreadable { id, problem }) => (id, problem),
        Err(InvalidWebhook::Unverified(reason)) => return Err(WebhookError::Unverified(reason)),
    };
    record_unreadable(app, gateway, &id, &problem).await?;
    Err(ReportAlert::Unreadable.into())
}

/// True if the database accepts the texts by which a message is found.
fn can_be_stored(message: &WebhookMessage) -> bool {
    let texts = [&message.id, &message.kind, &message.report.reference];
    texts.iter().all(|text| text.len() <= MAX_TEXT && !text.chars().any(char::is_control))
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
