//! Which use case does which kind of job.

use std::time::Duration;

use serde_json::Value;

use crate::{
    App, mail,
    orders::{self, OrderJob},
    payments,
};

/// Why a job is not done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Trying again later may help: something outside did not answer.
    #[error("{0}")]
    Retry(String),
    /// It is too early: the job runs again after this time, and this try does not count.
    #[error("not yet")]
    NotYet(Duration),
    /// Trying again cannot help; the job goes to the dead ones at once.
    #[error("{0}")]
    Hopeless(String),
}

impl From<crate::ServiceError> for JobError {
    fn from(error: crate::ServiceError) -> Self {
        Self::Retry(error.to_string())
    }
}

impl From<serde_json::Error> for JobError {
    /// The payload is not what the kind needs; it will not change.
    fn from(error: serde_json::Error) -> Self {
        Self::Hopeless(format!("the payload cannot be read: {error}"))
    }
}

/// Does one job. It may run more than once, and beside an older run of itself, so each arm has to be idempotent.
///
/// # Errors
/// [`JobError`] says whether it is worth trying again.
pub async fn run(app: &App, kind: &str, payload: Value) -> Result<(), JobError> {
    match kind {
        // Answers nobody; `mercator doctor` and tests use it to see that the queue moves.
        "ping" => Ok(()),
        mail::KIND => mail::deliver(app, payload).await,
        orders::CONFIRM => {
            let OrderJob { order_id } = serde_json::from_value(payload)?;
            Ok(orders::confirm(app, order_id).await?)
        }
        orders::EXPIRE => {
            let OrderJob { order_id } = serde_json::from_value(payload)?;
            Ok(orders::expire(app, order_id).await?)
        }
        payment if payment.starts_with("payments.") => payments::run_job(app, payment, payload).await,
        unknown => Err(JobError::Hopeless(format!("no worker of this version knows the job {unknown}"))),
    }
}
