//! Runs each kind of job by its use case.

use std::time::Duration;

use persistence::payments as payment_store;
use serde_json::Value;

use crate::{
    App, catalog, checkout,
    jobs::{Job, JobError, Lane},
    mail, orders,
    payments::{self, OperationError, OperationRule},
};

/// Delay of a job that found its gateway busy.
const BUSY: Duration = Duration::from_secs(2);

/// Runs a stored job. It may run more than once, and concurrently with an earlier run of itself, so that each use case is
/// idempotent.
///
/// # Errors
/// [`JobError`] says if and when to run it again.
pub async fn run_job(app: &App, kind: &str, payload: Value) -> Result<(), JobError> {
    let job = Job::restore(kind, payload)?;
    let payment = match job.lane() {
        Lane::General => return run(app, job).await,
        Lane::Gateway(payment) => payment,
    };
    let payment = payment_store::find(&mut *app.db.read().await?, payment)
        .await?
        .ok_or(OperationError::Rule(OperationRule::NotFound))?;
    let Ok(_slot) = app.gateways.acquire_slot(&payment.gateway).await else { return Err(JobError::NotYet(BUSY)) };
    run(app, job).await
}

async fn run(app: &App, job: Job) -> Result<(), JobError> {
    match job {
        Job::Ping => Ok(()),
        Job::SendMail(mail) => mail::deliver(app, mail).await,
        Job::ConfirmOrder(order) => Ok(orders::confirm(app, order).await?),
        Job::ExpireOrder(order) => Ok(orders::expire(app, order).await?),
        Job::RemindPayment(order) => Ok(orders::remind(app, order).await?),
        Job::ResolvePayment(payment) => checkout::resolve(app, payment).await,
        Job::CapturePayment(payment) => Ok(payments::capture_all(app, payment).await?),
        Job::VoidPayment(payment) => payments::void_unwanted(app, payment).await?.require_completed(),
        Job::RefundPayment(payment) => payments::refund_unowed(app, payment).await?.require_completed(),
        Job::ExecuteOperation { payment, transaction } => {
            payments::execute(app, payment, transaction).await?.require_known()
        }
        Job::UpdateProducts(job) => catalog::run_bulk_job(app, job).await,
    }
}
