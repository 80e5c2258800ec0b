//! Authorizing a payment at one gateway after the other.

use std::{collections::VecDeque, time::Instant};

use model::payments::{AttemptOutcome, ChargeReport, FailureCode, Payment, PaymentAttempt, PaymentRecord};

use super::{
    charge_update::{ChargeUpdate, Source},
    gateway::{AuthorizeRequest, GatewayError},
    request::{NewPayment, new_attempt},
    update::{UpdateError, apply_update},
};
use crate::{App, ServiceResult};

/// Tries the gateways in order. The next one is called only if the previous one certainly charged nothing.
pub(super) async fn run(
    app: &App,
    record: PaymentRecord,
    new: &NewPayment,
    gateways: Vec<String>,
) -> ServiceResult<Payment> {
    let mut waiting: VecDeque<String> = gateways.into_iter().skip(1).collect();
    let mut payment = record.payment;
    let mut attempt = record.attempts.into_iter().next_back();
    while let Some(current) = attempt.take() {
        let started = Instant::now();
        let report = call(app, &payment, &current, new).await.unwrap_or_else(|error| report_of(&current, &error));
        let next = if report.outcome == AttemptOutcome::Unavailable { waiting.pop_front() } else { None };
        attempt = next.map(|gateway| new_attempt(&payment, current.number + 1, &gateway, app.clock.now()));
        let latency = (report.outcome != AttemptOutcome::Unknown).then(|| started.elapsed());
        let source = Source::Call { latency, next: attempt.as_ref() };
        let record = merge(app, &ChargeUpdate { attempt: &current, report: &report, source }).await?;
        attempt = attempt.filter(|next| record.attempts.iter().any(|attempt| attempt.id == next.id));
        payment = record.payment;
    }
    Ok(payment)
}

/// Calls the gateway again for an attempt that was recorded and perhaps requested before. The gateway knows its key, so
/// that it holds the amount once. A failure of this call says nothing about the first one: no other gateway is tried,
/// and a later query finds the outcome.
pub(super) async fn repeat(app: &App, record: &PaymentRecord, new: &NewPayment) -> ServiceResult<Payment> {
    let Some(attempt) = record.attempts.last() else { return Ok(record.payment.clone()) };
    let unknown = |_| ChargeReport::bare(&attempt.reference, AttemptOutcome::Unknown, None);
    let report = call(app, &record.payment, attempt, new).await.unwrap_or_else(unknown);
    let source = Source::Call { latency: None, next: None };
    Ok(merge(app, &ChargeUpdate { attempt, report: &report, source }).await?.payment)
}

/// Merges the answer of a gateway. One that is rejected tells as much as none: the outcome is unknown, and no other gateway
/// is tried.
async fn merge(app: &App, update: &ChargeUpdate<'_>) -> ServiceResult<PaymentRecord> {
    let merged = match apply_update(app, update).await {
        Err(UpdateError::Rule(_)) => {
            let report = ChargeReport::bare(&update.attempt.reference, AttemptOutcome::Unknown, None);
            let source = Source::Call { latency: None, next: None };
            apply_update(app, &ChargeUpdate { attempt: update.attempt, report: &report, source }).await
        }
        merged => merged,
    };
    Ok(merged.map_err(|error| error.into_failure("merge the answer of a gateway"))?.record)
}

async fn call(
    app: &App,
    payment: &Payment,
    attempt: &PaymentAttempt,
    new: &NewPayment,
) -> Result<ChargeReport, GatewayError> {
    let request = AuthorizeRequest {
        reference: attempt.reference.clone(),
        key: attempt.id.uuid().to_string(),
        amount: payment.amount,
        method: payment.method,
        token: new.token.clone(),
        return_url: new.return_url.clone(),
    };
    let answer = match app.gateways.get(&attempt.gateway) {
        Some(gateway) => gateway.authorize(&request).await,
        None => Err(GatewayError::Unavailable("not configured".to_owned())),
    };
    if let Err(error) = &answer {
        tracing::warn!(gateway = attempt.gateway, payment = %payment.id, %error, "authorization call failed");
    }
    answer
}

/// The report that corresponds to a failed first call.
fn report_of(attempt: &PaymentAttempt, error: &GatewayError) -> ChargeReport {
    let (outcome, failure) = match error {
        GatewayError::Unavailable(_) => (AttemptOutcome::Unavailable, Some(FailureCode::GatewayUnavailable)),
        GatewayError::Unknown(_) => (AttemptOutcome::Unknown, None),
        GatewayError::Refused(_) | GatewayError::NotFound => (AttemptOutcome::Declined, Some(FailureCode::Refused)),
    };
    ChargeReport::bare(&attempt.reference, outcome, failure)
}
