//! The jobs of payments, and how each is done.

use std::time::Duration;

use model::{
    Timestamp,
    ids::{PaymentId, PaymentTransactionId},
    payments::{OperationRefused, Payment},
};
use persistence::{jobs::NewJob, payments as store};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    capture::capture_all,
    errors::OperationError,
    operation::{Asked, ask},
    refund::refund_rest,
    resolve::resolve,
    void::release,
};
use crate::{App, ServiceResult, jobs::JobError};

const QUEUE: &str = "payments";
/// With the queue's back-off this is about two days.
const TRIES: i32 = 300;
/// When the job that watches over an operation first looks whether the caller got it done.
const WATCH_AFTER: Duration = Duration::from_secs(15);

/// When a job comes back that got no turn at its gateway.
const BUSY: Duration = Duration::from_secs(2);

const RESOLVE: &str = "payments.resolve";
const CAPTURE: &str = "payments.capture";
const VOID: &str = "payments.void";
const REFUND: &str = "payments.refund";
const OPERATION: &str = "payments.operation";

/// Finds out what became of a payment.
#[must_use]
pub fn resolve_job(id: PaymentId, at: Timestamp) -> NewJob {
    job(RESOLVE, id, at)
}

/// Takes everything that a payment holds.
#[must_use]
pub fn capture_job(id: PaymentId, at: Timestamp) -> NewJob {
    job(CAPTURE, id, at)
}

/// Releases a payment that nobody wants.
#[must_use]
pub fn void_job(id: PaymentId, at: Timestamp) -> NewJob {
    job(VOID, id, at)
}

/// Gives back what a payment took although nobody owes it.
#[must_use]
pub fn refund_job(id: PaymentId, at: Timestamp) -> NewJob {
    job(REFUND, id, at)
}

/// Sees to it that an operation that was begun is known in the end, whatever happens to its caller.
pub(super) fn watch_job(payment: PaymentId, transaction: PaymentTransactionId, now: Timestamp) -> NewJob {
    operation_job(payment, transaction, now + WATCH_AFTER)
}

/// Asks for an operation that was begun until it is known.
pub(super) fn operation_job(payment: PaymentId, transaction: PaymentTransactionId, run_at: Timestamp) -> NewJob {
    NewJob {
        payload: json!({ "paymentId": payment, "transactionId": transaction }),
        unique_key: Some(format!("{OPERATION} {transaction}")),
        ..job(OPERATION, payment, run_at)
    }
}

fn job(kind: &'static str, id: PaymentId, run_at: Timestamp) -> NewJob {
    NewJob {
        queue: QUEUE,
        kind,
        payload: json!({ "paymentId": id }),
        unique_key: Some(format!("{kind} {id}")),
        run_at,
        max_attempts: TRIES,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    payment_id: PaymentId,
    transaction_id: Option<PaymentTransactionId>,
}

/// Does a job whose kind starts with `payments.`, when its gateway has a turn for it.
///
/// # Errors
/// [`JobError`].
pub async fn run_job(app: &App, kind: &str, payload: Value) -> Result<(), JobError> {
    let payload: Payload = serde_json::from_value(payload)?;
    let id = payload.payment_id;
    let Some(payment) = find(app, id).await? else { return Err(failed(OperationError::NotFound)) };
    let Ok(_turn) = app.gateways.turn(&payment.gateway).await else { return Err(JobError::NotYet(BUSY)) };
    match (kind, payload.transaction_id) {
        (RESOLVE, _) => resolve(app, id).await,
        (CAPTURE, _) => capture_all(app, id).await.map_err(failed),
        (VOID, _) => done(release(app, id).await.map_err(failed)?),
        // The amount that older versions wrote into the job is as old as the job: what is left is found out now.
        (REFUND, _) => done(refund_rest(app, id).await.map_err(failed)?),
        (OPERATION, Some(transaction)) => known(ask(app, id, transaction).await?),
        _ => Err(JobError::Hopeless(format!("no worker of this version knows the job {kind}"))),
    }
}

async fn find(app: &App, id: PaymentId) -> ServiceResult<Option<Payment>> {
    Ok(store::find(&mut *app.db.read().await?, id).await?)
}

/// A job that has to bring something about is done when it has.
fn done(asked: Asked) -> Result<(), JobError> {
    match asked {
        Asked::Refused(failure) => Err(JobError::Retry(OperationError::Gateway(failure).to_string())),
        other => known(other),
    }
}

/// A job that watches over an operation is done when the outcome is known, good or bad.
fn known(asked: Asked) -> Result<(), JobError> {
    match asked {
        Asked::Known | Asked::Refused(_) => Ok(()),
        Asked::Later(reason) => Err(JobError::Retry(reason)),
    }
}

fn failed(error: OperationError) -> JobError {
    match error {
        OperationError::NotFound | OperationError::Refused(OperationRefused::RefusedRepeatedly) => {
            JobError::Hopeless(error.to_string())
        }
        other => JobError::Retry(other.to_string()),
    }
}
