//! How a nullable field fails.

use std::future::Future;

use async_graphql::{Result, futures_util::FutureExt as _};

/// Answers a nullable field. The engine nulls the field alone when the failure is inside the option, else its nullable
/// parent, which may be the whole answer.
pub fn nullable<T>(
    read: impl Future<Output = Result<Option<T>>> + Send,
) -> impl Future<Output = Option<Result<T>>> + Send {
    // Not an async block, which would hold what it waits for twice.
    read.map(Result::transpose)
}
