//! One value, loaded by one caller at a time; a stale value is served while a reload fails.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Mutex, time::Instant};

use crate::ServiceResult;

/// Time to serve a stale value after a failed reload before the next attempt.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A cache of one value.
pub(crate) struct SnapshotCache<T> {
    /// Names the value in log lines.
    name: &'static str,
    /// Incremented by each invalidation.
    generation: AtomicU64,
    held: RwLock<Option<Held<T>>>,
    /// Locked by the caller that loads.
    loading: Mutex<()>,
}

struct Held<T> {
    value: Arc<T>,
    /// The generation in which the load began: a later invalidation makes the value stale.
    generation: u64,
    /// The time of the next attempt after a failed reload.
    retry_at: Option<Instant>,
}

impl<T> SnapshotCache<T> {
    /// An empty cache.
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, generation: AtomicU64::new(0), held: RwLock::new(None), loading: Mutex::new(()) }
    }

    /// The current value, or the stale one if the reload fails.
    ///
    /// # Errors
    /// The error of `load` if the cache is empty.
    pub(crate) async fn get_or_stale<F: Future<Output = ServiceResult<T>>>(
        &self,
        load: impl FnOnce() -> F,
    ) -> ServiceResult<Arc<T>> {
        self.get_or_stale_if(|_| true, load).await
    }

    /// Like [`Self::get_or_stale`]; a value that does not satisfy `is_fresh` counts as stale.
    ///
    /// # Errors
    /// The error of `load` if the cache is empty.
    pub(crate) async fn get_or_stale_if<F: Future<Output = ServiceResult<T>>>(
        &self,
        is_fresh: impl Fn(&T) -> bool,
        load: impl FnOnce() -> F,
    ) -> ServiceResult<Arc<T>> {
        match self.usable(&is_fresh) {
            Some(value) => Ok(value),
            // Boxed to keep the caller's future small: reloads are rare.
            None => Box::pin(self.reload_or_stale(is_fresh, load)).await,
        }
    }

    /// The current value, never a stale one.
    ///
    /// # Errors
    /// The error of `load`, also while [`Self::get_or_stale`] returns a stale value.
    pub(crate) async fn get_fresh<F: Future<Output = ServiceResult<T>>>(
        &self,
        load: impl FnOnce() -> F,
    ) -> ServiceResult<Arc<T>> {
        if let Some(value) = self.current() {
            return Ok(value);
        }
        let _loading = self.loading.lock().await;
        match self.current() {
            Some(value) => Ok(value),
            None => self.load(load).await,
        }
    }

    /// Marks the value as stale, also one that is being loaded now.
    pub(crate) fn invalidate(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    async fn reload_or_stale<F: Future<Output = ServiceResult<T>>>(
        &self,
        is_fresh: impl Fn(&T) -> bool,
        load: impl FnOnce() -> F,
    ) -> ServiceResult<Arc<T>> {
        let _loading = self.loading.lock().await;
        if let Some(value) = self.usable(is_fresh) {
            return Ok(value);
        }
        match self.load(load).await {
            Ok(value) => Ok(value),
            Err(error) => {
                tracing::warn!(cache = self.name, error = %error.chain(), "reload failed; a previous value stays in use");
                self.delay_retry().ok_or(error)
            }
        }
    }

    async fn load<F: Future<Output = ServiceResult<T>>>(&self, load: impl FnOnce() -> F) -> ServiceResult<Arc<T>> {
        let generation = self.generation.load(Ordering::Acquire);
        let value = Arc::new(load().await?);
        let held = Held { value: value.clone(), generation, retry_at: None };
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
        Ok(value)
    }

    /// The value if it was not invalidated.
    fn current(&self) -> Option<Arc<T>> {
        self.value_if(|held| self.is_current(held))
    }

    /// The value if it is current and fresh, or if the last reload failed a moment ago.
    fn usable(&self, is_fresh: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        self.value_if(|held| {
            let is_backing_off = held.retry_at.is_some_and(|at| Instant::now() < at);
            is_backing_off || (self.is_current(held) && is_fresh(&held.value))
        })
    }

    fn is_current(&self, held: &Held<T>) -> bool {
        held.generation == self.generation.load(Ordering::Acquire)
    }

    fn value_if(&self, condition: impl FnOnce(&Held<T>) -> bool) -> Option<Arc<T>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|held| condition(held)).map(|held| held.value.clone())
    }

    /// Keeps the stale value in use until the next attempt, and returns it.
    fn delay_retry(&self) -> Option<Arc<T>> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let held = held.as_mut()?;
        held.retry_at = Some(Instant::now() + RETRY_AFTER);
        Some(held.value.clone())
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::yield_now;

    use super::*;
    use crate::ServiceError;

    fn failure() -> ServiceError {
        ServiceError::internal("down")
    }

    async fn never() -> ServiceResult<u32> {
        panic!("loaded although a value was held")
    }

    #[tokio::test]
    async fn loads_again_only_after_an_invalidation() {
        let cache = SnapshotCache::new("number");
        assert_eq!(*cache.get_or_stale(async || Ok(1)).await.unwrap(), 1);
        assert_eq!(*cache.get_or_stale(never).await.unwrap(), 1);
        assert_eq!(*cache.get_fresh(never).await.unwrap(), 1);
        cache.invalidate();
        assert_eq!(*cache.get_or_stale(async || Ok(2)).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn concurrent_callers_share_one_load() {
        let cache = SnapshotCache::new("number");
        let slow = async || {
            yield_now().await;
            Ok(1)
        };
        let (first, second, third) =
            tokio::join!(cache.get_or_stale(slow), cache.get_or_stale(never), cache.get_fresh(never));
        assert_eq!([*first.unwrap(), *second.unwrap(), *third.unwrap()], [1, 1, 1]);
    }

    #[tokio::test]
    async fn a_value_that_was_invalidated_during_its_load_is_stale() {
        let cache = SnapshotCache::new("number");
        let load = async || {
            cache.invalidate();
            Ok(1)
        };
        assert_eq!(*cache.get_fresh(load).await.unwrap(), 1);
        assert_eq!(*cache.get_or_stale(async || Ok(2)).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_stale_value_is_served_while_a_reload_fails() {
        let cache = SnapshotCache::new("number");
        assert!(cache.get_or_stale(async || Err(failure())).await.is_err(), "nothing to serve yet");
        cache.get_or_stale(async || Ok(1)).await.unwrap();
        cache.invalidate();
        assert_eq!(*cache.get_or_stale(async || Err(failure())).await.unwrap(), 1);
        assert_eq!(*cache.get_or_stale(never).await.unwrap(), 1, "no attempt until the delay is over");
        assert!(cache.get_fresh(async || Err(failure())).await.is_err());
        assert_eq!(*cache.get_fresh(async || Ok(2)).await.unwrap(), 2);
        assert_eq!(*cache.get_or_stale(never).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_value_that_is_too_old_is_loaded_again() {
        let cache = SnapshotCache::new("number");
        cache.get_or_stale(async || Ok(1)).await.unwrap();
        assert_eq!(*cache.get_or_stale_if(|value| *value == 1, never).await.unwrap(), 1);
        assert_eq!(*cache.get_or_stale_if(|value| *value > 1, async || Ok(2)).await.unwrap(), 2);
    }
}
