//! Errors in nullable fields.

use std::future::Future;

use async_graphql::{Result, futures_util::FutureExt as _};

/// The result of a nullable field. If the error is inside the option, the engine sets only this field to null;
/// otherwise it sets the nullable parent, which can be the whole response, to null.
pub fn nullable<T>(
    read: impl Future<Output = Result<Option<T>>> + Send,
) -> impl Future<Output = Option<Result<T>>> + Send {
    // An async block would hold the future twice.
    read.map(Result::transpose)
}
