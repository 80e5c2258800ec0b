//! What the layer tells about its work, for metrics.

use std::time::Duration;

use async_graphql::Response;
use futures_util::future::{BoxFuture, FutureExt as _};

use crate::{
    error_code::ErrorCode,
    hook::{OperationInfo, Transport},
};

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Without an error.
    Success,
    /// With data and errors; the code of the first error.
    Partial(ErrorCode),
    /// Without data; the code of the first error.
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

/// One operation that was answered; of a subscription, that it was started or refused.
#[derive(Debug)]
pub struct Report<'a> {
    /// The endpoint's name.
    pub endpoint: &'static str,
    /// How the request came.
    pub transport: Transport,
    /// The operation; absent when it was refused before it was known.
    pub operation: Option<&'a OperationInfo>,
    /// How it ended.
    pub outcome: Outcome,
    /// The codes of all errors in the answer.
    pub errors: &'a [ErrorCode],
    /// From the request's parameters to the encoded answer.
    pub duration: Duration,
    /// The number of statements it sent to the database, as [`Observer::measure`] counted them; zero for a subscription.
    pub statements: u64,
    /// Bytes of the encoded answer.
    pub response_bytes: usize,
}

/// Somebody who counts.
pub trait Observer: Send + Sync + 'static {
    /// An operation was answered.
    fn answered(&self, report: &Report<'_>);

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

    /// A websocket connection was opened (`1`) or closed (`-1`).
    fn connections(&self, _endpoint: &'static str, _change: i64) {}

    /// A subscription was started (`1`) or ended (`-1`).
    fn subscriptions(&self, _endpoint: &'static str, _transport: Transport, _change: i64) {}
}

/// Counts nothing.
pub struct NoObserver;

impl Observer for NoObserver {
    fn answered(&self, _report: &Report<'_>) {}
}
