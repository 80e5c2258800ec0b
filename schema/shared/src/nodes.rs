//! The root field `nodes` of both schemas.

use std::future::Future;

use async_graphql::{ID, Result, futures_util::future::join_all};

use crate::nullable;

/// The objects of many global ids, in the order of the ids. They are found at the same time, so that the loaders batch
/// them.
pub async fn nodes<'a, N, F>(ids: &'a [ID], find: impl Fn(&'a ID) -> F) -> Vec<Option<Result<N>>>
where
    F: Future<Output = Result<Option<N>>> + Send,
{
    join_all(ids.iter().map(|id| nullable(find(id)))).await
}
