//! The result of a job that did not finish.

use std::time::Duration;

use persistence::StoreError;

use crate::ServiceError;

/// A job did not finish.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// A temporary failure: retry with back-off, up to the job's number of attempts.
    #[error("{0}")]
    Retry(String),
    /// It is too early or the gateway is busy: run again after this time. Does not count as an attempt.
    #[error("not yet")]
    NotYet(Duration),
    /// Retrying cannot help: the job is marked dead at once.
    #[error("{0}")]
    Permanent(String),
}

impl From<ServiceError> for JobError {
    fn from(error: ServiceError) -> Self {
        Self::Retry(error.chain().to_string())
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        ServiceError::from(error).into()
    }
}
