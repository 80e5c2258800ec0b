//! The progress of a change of many objects in the background.

use serde::{Deserialize, Serialize};

use super::CatalogErrorCode;
use crate::{Timestamp, ids::JobId};

/// A job that changes many objects, with its progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkJob {
    /// Global id.
    pub id: JobId,
    /// State.
    pub state: BulkJobState,
    /// Number of objects that are done, successfully or not.
    pub done: i32,
    /// Number of objects.
    pub total: i32,
    /// Number of objects that could not be changed.
    pub failed: i32,
    /// The first errors; at most [`BulkJob::MAX_ERRORS`].
    pub errors: Vec<BulkJobError>,
    /// Time at which it was requested.
    pub created_at: Timestamp,
    /// Time at which it was done; None before.
    pub finished_at: Option<Timestamp>,
}

impl BulkJob {
    /// The maximum number of errors that a job stores.
    pub const MAX_ERRORS: usize = 100;
}

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum), graphql(name = "JobState"))]
pub enum BulkJobState {
    /// Waits for a worker.
    Queued,
    /// A worker has started it. After a failure of the worker, another one continues it.
    Running,
    /// All objects are done; those that could not be changed are among the errors.
    Done,
    /// Given up after many failures of the system; an operator can start it again.
    Failed,
}

/// An object that could not be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkJobError {
    /// Global id of the object.
    pub id: String,
    /// Kind of the error.
    pub code: CatalogErrorCode,
    /// Text for people.
    pub message: String,
}
