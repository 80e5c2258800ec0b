//! Batched single flight: each key is loaded once at a time, in the batch of whoever asked first.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use crate::ServiceError;

/// What a flight brought: the values found, or why there are none.
pub(super) type Landing<K, V> = Result<Arc<HashMap<K, V>>, Arc<ServiceError>>;

type Seat<K, V> = watch::Receiver<Option<Landing<K, V>>>;

/// The flight to load oneself, if any, and the seats on those of others.
type Boarding<'a, K, V> = (Option<Flight<'a, K, V>>, Vec<(K, Seat<K, V>)>);

/// The flights under way.
pub(super) struct Flights<K, V> {
    by_key: Mutex<HashMap<K, Entry<K, V>>>,
}

struct Entry<K, V> {
    /// Tells this flight of the key from a later one.
    batch: Arc<()>,
    seat: Seat<K, V>,
}

/// A batch that its maker has to load. Dropped before it lands, its passengers find the seats empty and ask again.
pub(super) struct Flight<'a, K: Eq + Hash + Copy, V> {
    flights: &'a Flights<K, V>,
    batch: Arc<()>,
    /// What to load.
    pub keys: Vec<K>,
    sender: watch::Sender<Option<Landing<K, V>>>,
}

impl<K: Eq + Hash + Copy, V> Flights<K, V> {
    pub(super) fn new() -> Self {
        Self { by_key: Mutex::new(HashMap::new()) }
    }

    /// Joins the flights of keys that somebody loads already, and starts one for the rest.
    pub(super) fn board(&self, keys: Vec<K>) -> Boarding<'_, K, V> {
        let mut by_key = self.lock();
        let (sender, seat) = watch::channel(None);
        let batch = Arc::new(());
        let mut own = Vec::new();
        let mut joined = Vec::new();
        for key in keys {
            if let Some(entry) = by_key.get(&key) {
                if !Arc::ptr_eq(&entry.batch, &batch) {
                    joined.push((key, entry.seat.clone()));
                }
                continue;
            }
            by_key.insert(key, Entry { batch: batch.clone(), seat: seat.clone() });
            own.push(key);
        }
        // Made only when it is needed: dropping one takes the lock that is held here.
        let flight = (!own.is_empty()).then(|| Flight { flights: self, batch, keys: own, sender });
        (flight, joined)
    }

    /// Does something while nothing is diverted.
    pub(super) fn undiverted(&self, work: impl FnOnce()) {
        let _lock = self.lock();
        work();
    }

    /// Keeps what is loaded now from being held: it may be older than what made it stale.
    pub(super) fn divert(&self, key: K, forget: impl FnOnce()) {
        let mut by_key = self.lock();
        by_key.remove(&key);
        forget();
    }

    /// Diverts every flight.
    pub(super) fn divert_all(&self, forget: impl FnOnce()) {
        let mut by_key = self.lock();
        by_key.clear();
        forget();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Entry<K, V>>> {
        self.by_key.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash + Copy, V: Clone> Flight<'_, K, V> {
    /// Ends the flight: holds what was not diverted, and tells the passengers.
    pub(super) fn land(self, landing: &Landing<K, V>, hold: impl Fn(K, V)) {
        let by_key = self.flights.lock();
        for key in &self.keys {
            let is_ours = by_key.get(key).is_some_and(|entry| Arc::ptr_eq(&entry.batch, &self.batch));
            let value = landing.as_ref().ok().and_then(|values| values.get(key)).filter(|_| is_ours);
            if let Some(value) = value {
                hold(*key, value.clone());
            }
        }
        drop(by_key);
        // Nobody else may be on board.
        let _ = self.sender.send(Some(landing.clone()));
    }
}

impl<K: Eq + Hash + Copy, V> Drop for Flight<'_, K, V> {
    fn drop(&mut self) {
        let mut by_key = self.flights.lock();
        for key in &self.keys {
            if by_key.get(key).is_some_and(|entry| Arc::ptr_eq(&entry.batch, &self.batch)) {
                by_key.remove(key);
            }
        }
    }
}
