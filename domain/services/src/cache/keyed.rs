//! Values by key: missing ones are loaded in batches, each key by one caller at a time.

use std::{borrow::Borrow, collections::HashMap, hash::Hash, sync::Arc};

use moka::sync::Cache;

use super::single_flight::{Outcome, SingleFlight};
use crate::{
    ServiceError, ServiceResult,
    telemetry::{Counter, Telemetry},
};

/// A bounded cache of values by key.
pub(crate) struct KeyedCache<K, V> {
    held: Cache<K, V>,
    loads: SingleFlight<K, V>,
    counters: Option<HitCounters>,
}

struct HitCounters {
    telemetry: Telemetry,
    hit: Counter,
    miss: Counter,
}

impl<K, V> KeyedCache<K, V>
where
    K: Eq + Hash + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// An empty cache; `held` sets its bounds.
    pub(crate) fn new(held: Cache<K, V>) -> Self {
        Self { held, loads: SingleFlight::new(), counters: None }
    }

    /// Counts hits and misses.
    pub(crate) fn counted(self, telemetry: Telemetry, hit: Counter, miss: Counter) -> Self {
        Self { counters: Some(HitCounters { telemetry, hit, miss }), ..self }
    }

    /// The values of the keys. `load` reads those that are missing and omits keys without a value.
    ///
    /// # Errors
    /// The error of `load`, shared by all callers that waited for it.
    pub(crate) async fn get_many<F: Future<Output = ServiceResult<HashMap<K, V>>>>(
        &self,
        keys: &[K],
        load: impl Fn(Vec<K>) -> F,
    ) -> ServiceResult<HashMap<K, V>> {
        let mut found = HashMap::with_capacity(keys.len());
        let mut missing = Vec::new();
        for key in keys {
            match self.held.get(key) {
                Some(value) => drop(found.insert(key.clone(), value)),
                None => missing.push(key.clone()),
            }
        }
        self.count(keys.len() - missing.len(), missing.len());
        while !missing.is_empty() {
            missing = self.load_or_wait(missing, &load, &mut found).await?;
        }
        Ok(found)
    }

    /// The value of a key; see [`Self::get_many`].
    ///
    /// # Errors
    /// The error of `load`.
    pub(crate) async fn get<F: Future<Output = ServiceResult<HashMap<K, V>>>>(
        &self,
        key: &K,
        load: impl Fn(Vec<K>) -> F,
    ) -> ServiceResult<Option<V>> {
        match self.held(key) {
            Some(value) => Ok(Some(value)),
            None => Ok(self.get_many(std::slice::from_ref(key), load).await?.remove(key)),
        }
    }

    /// The value of a key if it needs no load; counts a hit.
    pub(crate) fn held<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let value = self.held.get(key)?;
        self.count(1, 0);
        Some(value)
    }

    /// The value of a key if it needs no load; counts nothing.
    pub(crate) fn peek(&self, key: &K) -> Option<V> {
        self.held.get(key)
    }

    /// Holds a value that was loaded by another key and counts a miss, unless one is held already or `is_current` is false. A caller
    /// that makes the value stale must change what `is_current` reads before it calls [`Self::invalidate`].
    pub(crate) fn insert_if(&self, key: K, value: V, is_current: impl FnOnce() -> bool) {
        self.count(0, 1);
        self.loads.exclusively(|| {
            if !self.held.contains_key(&key) && is_current() {
                self.held.insert(key, value);
            }
        });
    }

    /// Removes a key; a load in progress is not held.
    pub(crate) fn invalidate(&self, key: &K) {
        self.loads.invalidate(key, || self.held.invalidate(key));
    }

    /// Removes all keys; loads in progress are not held.
    pub(crate) fn invalidate_all(&self) {
        self.loads.invalidate_all(|| self.held.invalidate_all());
    }

    /// Loads keys or waits for callers that load them. Returns the keys whose load was canceled.
    async fn load_or_wait<F: Future<Output = ServiceResult<HashMap<K, V>>>>(
        &self,
        missing: Vec<K>,
        load: &impl Fn(Vec<K>) -> F,
        found: &mut HashMap<K, V>,
    ) -> ServiceResult<Vec<K>> {
        let joined = self.loads.join(missing, |key| self.held.get(key));
        found.extend(joined.held);
        if let Some(batch) = joined.batch {
            let outcome: Outcome<K, V> = load(batch.keys()).await.map(Arc::new).map_err(Arc::new);
            batch.complete(&outcome, |key, value| self.held.insert(key, value));
            let values = outcome.map_err(ServiceError::Shared)?;
            found.extend(values.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        let mut canceled = Vec::new();
        for mut waiter in joined.waiters {
            match waiter.outcome().await {
                Some(outcome) => {
                    let value = outcome.map_err(ServiceError::Shared)?.get(&waiter.key).cloned();
                    found.extend(value.map(|value| (waiter.key, value)));
                }
                None => canceled.push(waiter.key),
            }
        }
        Ok(canceled)
    }

    fn count(&self, hits: usize, misses: usize) {
        if let Some(HitCounters { telemetry, hit, miss }) = &self.counters {
            telemetry.add(*hit, hits);
            telemetry.add(*miss, misses);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::FutureExt as _;
    use tokio::{
        sync::Semaphore,
        task::{JoinHandle, yield_now},
    };

    use super::*;

    type Numbers = KeyedCache<u32, u32>;

    fn numbers(capacity: u64) -> Numbers {
        KeyedCache::new(Cache::new(capacity))
    }

    /// Loads even keys as their halves.
    async fn halves(keys: Vec<u32>) -> ServiceResult<HashMap<u32, u32>> {
        Ok(keys.into_iter().filter(|key| key % 2 == 0).map(|key| (key, key / 2)).collect())
    }

    async fn never(keys: Vec<u32>) -> ServiceResult<HashMap<u32, u32>> {
        panic!("loaded {keys:?} although another caller does")
    }

    async fn fails(_: Vec<u32>) -> ServiceResult<HashMap<u32, u32>> {
        yield_now().await;
        Err(ServiceError::internal("down"))
    }

    #[tokio::test]
    async fn loads_the_missing_keys_in_one_batch() {
        let (cache, batches) = (numbers(10), Mutex::new(Vec::new()));
        let load = async |keys: Vec<u32>| {
            batches.lock().unwrap().push(keys.clone());
            halves(keys).await
        };
        assert_eq!(cache.get_many(&[2, 3], &load).await.unwrap(), HashMap::from([(2, 1)]));
        let all = cache.get_many(&[2, 3, 4, 4, 6], &load).await.unwrap();
        assert_eq!(all, HashMap::from([(2, 1), (4, 2), (6, 3)]));
        assert_eq!(*batches.lock().unwrap(), [vec![2, 3], vec![3, 4, 6]]);
    }

    #[tokio::test]
    async fn concurrent_callers_load_a_key_once() {
        let cache = numbers(10);
        let slow = async |keys| {
            yield_now().await;
            halves(keys).await
        };
        let (first, second) = tokio::join!(cache.get_many(&[2, 4], slow), cache.get_many(&[4, 2], never));
        assert_eq!((first.unwrap().len(), second.unwrap().len()), (2, 2));
        assert_eq!(cache.get(&4, never).await.unwrap(), Some(2));
    }

    #[tokio::test]
    async fn callers_of_one_batch_share_its_failure() {
        let cache = numbers(10);
        let (first, second) = tokio::join!(cache.get(&2, fails), cache.get(&2, never));
        assert!(first.is_err() && matches!(second, Err(ServiceError::Shared(_))));
        assert_eq!(cache.get(&2, halves).await.unwrap(), Some(1), "a failure is not held");
    }

    #[tokio::test]
    async fn a_value_that_was_invalidated_during_its_load_is_not_held() {
        let cache = numbers(10);
        for invalidate in [|cache: &Numbers| cache.invalidate(&2), |cache: &Numbers| cache.invalidate_all()] {
            let load = async |keys| {
                invalidate(&cache);
                halves(keys).await
            };
            assert_eq!(cache.get(&2, load).await.unwrap(), Some(1));
            assert_eq!(cache.held(&2), None);
        }
    }

    #[tokio::test]
    async fn a_caller_after_an_invalidation_does_not_join_the_older_load() {
        let cache = numbers(10);
        let gate = Semaphore::new(0);
        let old = async |_| {
            let _permit = gate.acquire().await;
            Ok(HashMap::from([(2, 0)]))
        };
        let mut first = Box::pin(cache.get(&2, old));
        assert!(first.as_mut().now_or_never().is_none());
        cache.invalidate(&2);
        assert_eq!(cache.get(&2, halves).await.unwrap(), Some(1));
        gate.add_permits(1);
        assert_eq!(first.await.unwrap(), Some(0));
        assert_eq!(cache.held(&2), Some(1), "the older value does not replace the newer one");
    }

    #[tokio::test]
    async fn a_waiter_loads_the_key_itself_when_the_load_is_canceled() {
        let cache = Arc::new(numbers(10));
        let task = |cache: Arc<Numbers>| -> JoinHandle<_> {
            tokio::spawn(async move { cache.get(&2, async |_| std::future::pending().await).await })
        };
        let canceled = task(cache.clone());
        yield_now().await;
        let waits = tokio::spawn({
            let cache = cache.clone();
            async move { cache.get(&2, halves).await }
        });
        yield_now().await;
        canceled.abort();
        assert_eq!(waits.await.unwrap().unwrap(), Some(1));
    }

    #[tokio::test]
    async fn a_value_from_elsewhere_is_held_only_while_it_is_current() {
        let cache = numbers(10);
        cache.insert_if(2, 7, || false);
        assert_eq!(cache.held(&2), None);
        cache.insert_if(2, 8, || true);
        cache.insert_if(2, 9, || true);
        assert_eq!(cache.held(&2), Some(8));
    }

    #[tokio::test]
    async fn memory_is_bounded() {
        let cache = numbers(5);
        for key in 0..100 {
            cache.get(&(key * 2), halves).await.unwrap();
        }
        cache.held.run_pending_tasks();
        assert!(cache.held.entry_count() <= 5);
        assert!(cache.loads.join(vec![2], |_| Some(0)).batch.is_none(), "completed loads are forgotten");
    }
}
