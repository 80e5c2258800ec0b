//! The root field `nodes` of both schemas.

use std::{collections::HashSet, future::Future};

use async_graphql::{ID, Result, futures_util::future::join_all};

use crate::nullable;

/// The objects of many global ids, each once, in the order of the ids. They are found at the same time, so that the loaders
/// batch them.
pub async fn nodes<'a, N, F>(ids: &'a [ID], find: impl Fn(&'a ID) -> F) -> Vec<Option<Result<N>>>
where
    F: Future<Output = Result<Option<N>>> + Send,
{
    let mut seen = HashSet::with_capacity(ids.len());
    let different = ids.iter().filter(|id| seen.insert(id.as_str()));
    join_all(different.map(|id| nullable(find(id)))).await
}
