//! Asking gateways, one after the other, to hold the amount of a payment.

use std::{collections::VecDeque, time::Instant};

use model::payments::{AttemptOutcome, ChargeReport, FailureCode, Payment, PaymentAttempt, PaymentRecord};

use super::{
    create::{NewPayment, new_attempt},
    gateway::{AuthorizeRequest, GatewayError},
    learn::{Lesson, learn},
};
use crate::{App, ServiceError, ServiceResult};

/// Tries the gateways in order. The next one is asked only when it is known that the one before has charged nothing.
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
        let report = ask(app, &payment, &current, new).await.unwrap_or_else(|error| outcome_of(&current, &error));
        let next = if report.outcome == AttemptOutcome::Unavailable { waiting.pop_front() } else { None };
        attempt = next.map(|gateway| new_attempt(&payment, current.number + 1, &gateway, app.clock.now()));
        let latency = (report.outcome != AttemptOutcome::Unknown).then(|| started.elapsed());
        let lesson = Lesson { attempt: current.id, report: &report, latency, next: attempt.as_ref(), message: None };
        let record = learn(app, payment.id, &lesson).await?.record;
        attempt = attempt.filter(|next| record.attempts.iter().any(|attempt| attempt.id == next.id));
        payment = record.payment;
    }
    Ok(payment)
}

/// Calls the gateway again for an attempt that was written down and perhaps asked for before. The gateway knows it by
/// its key, so that it holds the amount once. Only what it says of the charge counts: that nothing came of this call says
/// nothing of the first one, so that no other gateway is asked, and it is left to the question what became of it.
pub(super) async fn repeat(app: &App, record: &PaymentRecord, new: &NewPayment) -> ServiceResult<Payment> {
    let Some(attempt) = record.attempts.last() else { return Ok(record.payment.clone()) };
    let unknown = |_| ChargeReport::bare(&attempt.reference, AttemptOutcome::Unknown, None);
    let report = ask(app, &record.payment, attempt, new).await.unwrap_or_else(unknown);
    let lesson = Lesson { attempt: attempt.id, report: &report, latency: None, next: None, message: None };
    Ok(learn(app, record.payment.id, &lesson).await?.record.payment)
}

/// One call.
async fn ask(
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
        None => Err(GatewayError::Unavailable("it is not configured".to_owned())),
    };
    if let Err(error) = &answer {
        tracing::warn!(gateway = attempt.gateway, payment = %payment.id, %error, "a gateway gave no decision");
    }
    answer
}

/// Whatever happens to the first call becomes something that is known of the attempt.
fn outcome_of(attempt: &PaymentAttempt, error: &GatewayError) -> ChargeReport {
    let (outcome, failure) = match error {
        GatewayError::Unavailable(_) => (AttemptOutcome::Unavailable, Some(FailureCode::GatewayUnavailable)),
        GatewayError::Unknown(_) => (AttemptOutcome::Unknown, None),
        GatewayError::Refused(_) => (AttemptOutcome::Declined, Some(FailureCode::Refused)),
    };
    ChargeReport::bare(&attempt.reference, outcome, failure)
}

/// The gateway of an attempt, which may have been taken out of the configuration since.
pub(super) fn gateway_of<'a>(app: &'a App, name: &str) -> ServiceResult<&'a dyn super::PaymentGateway> {
    app.gateways.get(name).ok_or_else(|| ServiceError::Internal(format!("the gateway {name} is not configured")))
}
