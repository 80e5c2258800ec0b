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
        let report = ask(app, &payment, &current, new).await;
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

/// One call; whatever happens to it becomes something that is known of the attempt.
async fn ask(app: &App, payment: &Payment, attempt: &PaymentAttempt, new: &NewPayment) -> ChargeReport {
    let request = AuthorizeRequest {
        reference: attempt.reference.clone(),
        key: attempt.id.uuid().to_string(),
        amount: payment.amount,
        method: payment.method,
        token: new.token.clone(),
        return_url: new.return_url.clone(),
    };
    let Some(gateway) = app.gateways.get(&attempt.gateway) else { return not_charged(attempt) };
    match gateway.authorize(&request).await {
        Ok(report) => report,
        Err(GatewayError::Unavailable(reason)) => {
            tracing::warn!(gateway = attempt.gateway, payment = %payment.id, reason, "a gateway is not available");
            not_charged(attempt)
        }
        Err(GatewayError::Unknown(reason)) => {
            tracing::warn!(gateway = attempt.gateway, payment = %payment.id, reason, "a gateway did not answer");
            ChargeReport::bare(&attempt.reference, AttemptOutcome::Unknown, None)
        }
        Err(GatewayError::Refused(reason)) => {
            tracing::warn!(gateway = attempt.gateway, payment = %payment.id, reason, "a gateway refused a request");
            ChargeReport::bare(&attempt.reference, AttemptOutcome::Declined, Some(FailureCode::Refused))
        }
    }
}

fn not_charged(attempt: &PaymentAttempt) -> ChargeReport {
    ChargeReport::bare(&attempt.reference, AttemptOutcome::Unavailable, Some(FailureCode::GatewayUnavailable))
}

/// The gateway of an attempt, which may have been taken out of the configuration since.
pub(super) fn gateway_of<'a>(app: &'a App, name: &str) -> ServiceResult<&'a dyn super::PaymentGateway> {
    app.gateways.get(name).ok_or_else(|| ServiceError::Internal(format!("the gateway {name} is not configured")))
}
