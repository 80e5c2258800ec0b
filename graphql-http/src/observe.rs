//! The observer that receives metrics.

use std::time::Duration;

use async_graphql::Response;
use futures_util::future::{BoxFuture, FutureExt as _};

use crate::{
    error_code::ErrorCode,
    gate::Priority,
    hook::{OperationInfo, Transport},
};

/// The outcome of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No errors.
    Success,
    /// Data and errors; the code of the first error.
    Partial(ErrorCode),
    /// Errors without data; the code of the first error.
    Failed(ErrorCode),
}

impl Outcome {
    /// A short name for labels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Partial(_) => "partial",
            Self::Failed(_) => "failed",
        }
    }
}

/// An answered operation; for a subscription, its start or rejection.
#[derive(Debug)]
pub struct Report<'a> {
    /// The endpoint's name.
    pub endpoint: &'static str,
    /// The transport.
    pub transport: Transport,
    /// The operation; none if the request was rejected before it was known.
    pub operation: Option<&'a OperationInfo>,
    /// The outcome.
    pub outcome: Outcome,
    /// The codes of all errors in the answer.
    pub errors: &'a [ErrorCode],
    /// The time from the request's parameters to the encoded answer.
    pub duration: Duration,
    /// The number of statements it sent to the database, as [`Observer::measure`] counted them; zero for a subscription.
    pub statements: u64,
    /// Bytes of the encoded answer.
    pub response_bytes: usize,
}

/// Receives metrics.
pub trait Observer: Send + Sync + 'static {
    /// Called for each answered operation.
    fn answered(&self, report: &Report<'_>);

    /// Called when an operation is rejected because the process has too much to do.
    fn overloaded(&self, _endpoint: &'static str, _priority: Priority) {}

    /// Runs an operation and returns the number of statements that it sent to the database.
    fn measure<'a>(&'a self, operation: BoxFuture<'a, ()>) -> BoxFuture<'a, u64> {
        async {
            operation.await;
            0
        }
        .boxed()
    }

    /// Wraps a part of an operation that runs in a task of its own, so that [`Observer::measure`] counts it as well.
    fn measure_task(&self, task: BoxFuture<'static, Response>) -> BoxFuture<'static, Response> {
        task
    }

    /// Called when a websocket connection is opened (`1`) or closed (`-1`).
    fn connections(&self, _endpoint: &'static str, _change: i64) {}

    /// Called when a subscription is started (`1`) or ended (`-1`).
    fn subscriptions(&self, _endpoint: &'static str, _transport: Transport, _change: i64) {}
}

/// An observer that does nothing.
pub struct NoObserver;

impl Observer for NoObserver {
    fn answered(&self, _report: &Report<'_>) {}
}
