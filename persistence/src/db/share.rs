//! The share of the pool that one request may use, so that a request with many fields does not keep others waiting.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{StoreError, StoreResult};

/// The maximum number of connections that a request uses at the same time.
const CONNECTIONS: usize = 4;

tokio::task_local! {
    static SHARE: Arc<Semaphore>;
}

/// Runs a future that uses a share of the pool; nested calls use the same share.
pub fn shared<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let share = SHARE.try_with(Arc::clone).unwrap_or_else(|_| Arc::new(Semaphore::new(CONNECTIONS)));
    SHARE.scope(share, work)
}

/// Waits for a place in the current share. Outside of one, for example in a job, there is no limit.
pub(super) async fn place(wait: Duration) -> StoreResult<Option<OwnedSemaphorePermit>> {
    let Ok(share) = SHARE.try_with(Arc::clone) else { return Ok(None) };
    match timeout(wait, share.acquire_owned()).await {
        Ok(Ok(place)) => Ok(Some(place)),
        // The semaphore is never closed.
        _ => Err(StoreError::Unavailable("the request waits for its own database connections".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_has_a_limited_number_of_places() {
        let wait = Duration::from_millis(1);
        assert!(place(wait).await.is_ok_and(|place| place.is_none()));
        shared(async {
            let mut held = Vec::new();
            for _ in 0..CONNECTIONS {
                held.push(place(wait).await.unwrap());
            }
            assert!(shared(place(wait)).await.is_err(), "a nested share is the same");
            held.pop();
            assert!(place(wait).await.is_ok_and(|place| place.is_some()));
        })
        .await;
    }
}
