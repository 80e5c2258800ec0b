//! The buckets of all clients, in bounded memory.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Payer, bucket::Bucket};

/// The number of parts with their own lock.
const SHARDS: usize = 32;

/// The maximum number of buckets of a part; all parts together hold 131,072 buckets in at most 16 MiB.
const MAX_BUCKETS: usize = 4_096;

type Buckets = HashMap<Payer, Bucket>;

/// The buckets by client. A client without a bucket has a full one.
pub struct Table {
    hasher: RandomState,
    shards: [Mutex<Buckets>; SHARDS],
}

impl Default for Table {
    fn default() -> Self {
        Self { hasher: RandomState::new(), shards: std::array::from_fn(|_| Mutex::default()) }
    }
}

impl Table {
    /// A copy of a client's bucket.
    pub fn get(&self, payer: Payer) -> Bucket {
        self.shard(payer).and_then(|buckets| buckets.get(&payer).copied()).unwrap_or_default()
    }

    /// Changes a client's bucket.
    pub fn update(&self, payer: Payer, now: u64, change: impl FnOnce(&mut Bucket)) {
        let Some(mut buckets) = self.shard(payer) else { return };
        if buckets.len() >= MAX_BUCKETS && !buckets.contains_key(&payer) {
            make_room(&mut buckets, now);
        }
        change(buckets.entry(payer).or_default());
    }

    /// Visits every bucket, and removes those for which `visit` returns false.
    pub fn retain(&self, mut visit: impl FnMut(&Payer, &mut Bucket) -> bool) {
        for shard in &self.shards {
            lock(shard).retain(&mut visit);
        }
    }

    fn shard(&self, payer: Payer) -> Option<MutexGuard<'_, Buckets>> {
        let at = usize::try_from(self.hasher.hash_one(payer) % SHARDS as u64).ok()?;
        self.shards.get(at).map(lock)
    }
}

/// Removes full buckets, which equal those of new clients; without enough of them, also the quarter that is full soonest. A
/// flood of new clients can therefore not reset an exhausted bucket, unless three quarters of them are exhausted, too.
fn make_room(buckets: &mut Buckets, now: u64) {
    buckets.retain(|_, bucket| bucket.full_at > now);
    if buckets.len() < MAX_BUCKETS / 4 * 3 {
        return;
    }
    let mut times: Vec<u64> = buckets.values().map(|bucket| bucket.full_at).collect();
    let quarter = times.len() / 4;
    let (_, limit, _) = times.select_nth_unstable(quarter);
    buckets.retain(|_, bucket| bucket.full_at > *limit);
}

fn lock(shard: &Mutex<Buckets>) -> MutexGuard<'_, Buckets> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use model::ids::CustomerId;

    use super::*;

    #[test]
    fn a_flood_of_clients_neither_grows_memory_nor_resets_an_exhausted_bucket() {
        let table = Table::default();
        let exhausted = Payer::Customer(CustomerId::random());
        table.update(exhausted, 0, |bucket| bucket.full_at = u64::MAX);
        for number in 0..(SHARDS * MAX_BUCKETS * 2) as u64 {
            table.update(Payer::Customer(CustomerId::random()), 0, |bucket| bucket.full_at = 1 + number);
        }
        let mut count = 0;
        table.retain(|_, _| {
            count += 1;
            true
        });
        assert!(count <= SHARDS * MAX_BUCKETS, "{count}");
        assert_eq!(table.get(exhausted).full_at, u64::MAX);
    }

    #[test]
    fn full_buckets_are_replaced_first() {
        let table = Table::default();
        let used = Payer::Customer(CustomerId::random());
        table.update(used, 0, |bucket| bucket.full_at = 11);
        for _ in 0..SHARDS * MAX_BUCKETS * 2 {
            table.update(Payer::Customer(CustomerId::random()), 10, |bucket| bucket.full_at = 9);
        }
        assert_eq!(table.get(used).full_at, 11);
    }
}
