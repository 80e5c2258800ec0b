//! How a nullable field fails.

use std::future::Future;

use async_graphql::Result;

/// Answers a nullable field. The engine nulls the field alone when the failure is inside the option, else its nullable
/// parent, which may be the whole answer.
pub async fn nullable<T>(read: impl Future<Output = Result<Option<T>>>) -> Option<Result<T>> {
    read.await.transpose()
}
