//! Batched single flight: a key is loaded once at a time, in the batch of the first caller that needs it.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use crate::ServiceError;

/// The result of a load: the values found, or the error that all callers of the batch share.
pub(super) type Outcome<K, V> = Result<Arc<HashMap<K, V>>, Arc<ServiceError>>;

/// The loads in progress, by key.
pub(super) struct SingleFlight<K, V> {
    loads: Mutex<HashMap<K, Load<K, V>>>,
}

struct Load<K, V> {
    /// Identifies the batch: an invalidated key may be loaded again while its first load is still in progress.
    batch: Arc<()>,
    outcome: watch::Receiver<Option<Outcome<K, V>>>,
}

/// The parts into which [`SingleFlight::join`] divides keys.
pub(super) struct Joined<'a, K: Eq + Hash + Clone, V> {
    /// Keys that another caller has loaded in the meantime.
    pub(super) held: Vec<(K, V)>,
    /// The keys that this caller has to load.
    pub(super) batch: Option<Batch<'a, K, V>>,
    /// The keys that other callers are loading.
    pub(super) waiters: Vec<Waiter<K, V>>,
}

/// Keys that the caller has to load. If it is dropped before [`Batch::complete`], its waiters load the keys themselves.
pub(super) struct Batch<'a, K: Eq + Hash + Clone, V> {
    flight: &'a SingleFlight<K, V>,
    id: Arc<()>,
    keys: Vec<K>,
    sender: watch::Sender<Option<Outcome<K, V>>>,
}

/// Waits for a key that another caller is loading.
pub(super) struct Waiter<K, V> {
    pub(super) key: K,
    outcome: watch::Receiver<Option<Outcome<K, V>>>,
}

impl<K: Eq + Hash + Clone, V: Clone> SingleFlight<K, V> {
    pub(super) fn new() -> Self {
        Self { loads: Mutex::new(HashMap::new()) }
    }

    /// Joins the loads in progress and starts a batch for the other keys, except for those that `held` knows by now.
    pub(super) fn join(&self, keys: Vec<K>, held: impl Fn(&K) -> Option<V>) -> Joined<'_, K, V> {
        let (sender, receiver) = watch::channel(None);
        let id = Arc::new(());
        let mut joined = Joined { held: Vec::new(), batch: None, waiters: Vec::new() };
        let mut own = Vec::new();
        let mut loads = self.lock();
        for key in keys {
            if let Some(load) = loads.get(&key) {
                // A key that is listed twice is already in the own batch.
                if !Arc::ptr_eq(&load.batch, &id) {
                    joined.waiters.push(Waiter { key, outcome: load.outcome.clone() });
                }
            } else if let Some(value) = held(&key) {
                joined.held.push((key, value));
            } else {
                loads.insert(key.clone(), Load { batch: id.clone(), outcome: receiver.clone() });
                own.push(key);
            }
        }
        drop(loads);
        joined.batch = (!own.is_empty()).then(|| Batch { flight: self, id, keys: own, sender });
        joined
    }

    /// Runs `work` while no load completes and no key is invalidated.
    pub(super) fn exclusively(&self, work: impl FnOnce()) {
        let _lock = self.lock();
        work();
    }

    /// Prevents the load in progress of a key from being held, because it may have read an older value.
    pub(super) fn invalidate(&self, key: &K, forget: impl FnOnce()) {
        let mut loads = self.lock();
        loads.remove(key);
        forget();
    }

    /// Like [`Self::invalidate`], for every key.
    pub(super) fn invalidate_all(&self, forget: impl FnOnce()) {
        let mut loads = self.lock();
        loads.clear();
        forget();
    }
}

impl<K, V> SingleFlight<K, V> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Load<K, V>>> {
        self.loads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Batch<'_, K, V> {
    pub(super) fn keys(&self) -> Vec<K> {
        self.keys.clone()
    }

    /// Passes the loaded values to `hold`, except for invalidated keys, and wakes the waiters.
    pub(super) fn complete(self, outcome: &Outcome<K, V>, hold: impl Fn(K, V)) {
        let loads = self.flight.lock();
        if let Ok(values) = outcome {
            for key in self.keys.iter().filter(|key| self.owns(&loads, key)) {
                if let Some(value) = values.get(key) {
                    hold(key.clone(), value.clone());
                }
            }
        }
        drop(loads);
        // Fails only if nobody waits.
        let _ = self.sender.send(Some(outcome.clone()));
    }
}

impl<K: Eq + Hash + Clone, V> Batch<'_, K, V> {
    /// True unless the key was invalidated since the batch started.
    fn owns(&self, loads: &HashMap<K, Load<K, V>>, key: &K) -> bool {
        loads.get(key).is_some_and(|load| Arc::ptr_eq(&load.batch, &self.id))
    }
}

impl<K: Eq + Hash + Clone, V> Drop for Batch<'_, K, V> {
    fn drop(&mut self) {
        let mut loads = self.flight.lock();
        for key in &self.keys {
            if self.owns(&loads, key) {
                loads.remove(key);
            }
        }
    }
}

impl<K, V> Waiter<K, V> {
    /// The outcome of the load; `None` if it was canceled.
    pub(super) async fn outcome(&mut self) -> Option<Outcome<K, V>> {
        self.outcome.wait_for(Option::is_some).await.ok()?.clone()
    }
}
