//! The JSON of the sandbox gateway, converted to reports.

use model::{
    Currency, Money, Timestamp,
    payments::{
        AttemptOutcome, ChargeReport, FailureCode, Operation, PaymentAction, TransactionKind, TransactionStatus,
    },
};
use serde::Deserialize;

use super::super::gateway::WebhookMessage;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Charge {
    id: String,
    reference: String,
    currency: Currency,
    decision: Decision,
    failure: Option<String>,
    redirect_url: Option<String>,
    operations: Vec<Event>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Decision {
    Pending,
    RequiresAction,
    Authorized,
    Declined,
    Canceled,
}

#[derive(Deserialize)]
struct Event {
    id: String,
    kind: TransactionKind,
    amount: i64,
    key: Option<String>,
    at: Timestamp,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "type")]
    kind: String,
    data: Charge,
}

#[derive(Deserialize)]
struct Failure {
    error: Problem,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
}

/// Reads a charge.
pub fn report(body: &[u8]) -> serde_json::Result<ChargeReport> {
    serde_json::from_slice(body).map(to_report)
}

/// Reads a webhook.
pub fn message(id: &str, body: &[u8]) -> serde_json::Result<WebhookMessage> {
    let message: Message = serde_json::from_slice(body)?;
    Ok(WebhookMessage { id: id.to_owned(), kind: message.kind, report: to_report(message.data) })
}

/// The code of an error; empty for a body that is not the gateway's.
pub fn error_code(body: &[u8]) -> String {
    serde_json::from_slice(body).map(|failure: Failure| failure.error.code).unwrap_or_default()
}

fn to_report(charge: Charge) -> ChargeReport {
    let outcome = match charge.decision {
        Decision::Pending => AttemptOutcome::Pending,
        Decision::RequiresAction => AttemptOutcome::RequiresAction,
        Decision::Authorized => AttemptOutcome::Authorized,
        Decision::Declined => AttemptOutcome::Declined,
        Decision::Canceled => AttemptOutcome::Canceled,
    };
    let currency = charge.currency;
    ChargeReport {
        reference: charge.reference,
        gateway_reference: Some(charge.id),
        outcome,
        failure: charge.failure.as_deref().map(failure),
        action: charge.redirect_url.map(|url| PaymentAction::Redirect { url }),
        operations: charge.operations.into_iter().map(|event| operation(event, currency)).collect(),
    }
}

fn operation(event: Event, currency: Currency) -> Operation {
    Operation {
        gateway_reference: event.id,
        kind: event.kind,
        status: TransactionStatus::Succeeded,
        key: event.key,
        amount: Money::new(event.amount, currency),
        failure: None,
        at: event.at,
    }
}

fn failure(code: &str) -> FailureCode {
    match code {
        "insufficient_funds" => FailureCode::InsufficientFunds,
        "authentication_failed" => FailureCode::AuthenticationFailed,
        "canceled" => FailureCode::Canceled,
        _ => FailureCode::Declined,
    }
}
