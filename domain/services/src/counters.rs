//! Counters of attempts of several subjects, such as an account and a network: locked together in one order, and saved in
//! one statement. The caller opens the transaction.

use std::collections::HashMap;

use model::{
    Timestamp,
    customers::{Throttle, ThrottlePolicy},
};
use persistence::{Conn, StoreResult, login_throttle};

/// Locked counters by key.
pub(crate) struct Counters {
    now: Timestamp,
    counted: HashMap<String, Throttle>,
    changed: Vec<(String, Throttle, Timestamp)>,
}

impl Counters {
    /// Locks counters until the transaction ends.
    ///
    /// # Errors
    /// [`persistence::StoreError`] of the database.
    pub(crate) async fn lock(conn: &mut Conn, keys: &[String], now: Timestamp) -> StoreResult<Self> {
        let counted = login_throttle::lock(conn, keys, now).await?;
        Ok(Self { now, counted, changed: Vec::with_capacity(keys.len()) })
    }

    /// A counter as it was locked; zero if it does not exist.
    pub(crate) fn of(&self, key: &str) -> Throttle {
        self.counted.get(key).copied().unwrap_or_default()
    }

    /// Counts events.
    pub(crate) fn count(&mut self, key: &str, policy: &ThrottlePolicy, events: usize) {
        let mut throttle = self.of(key);
        for _ in 0..events {
            throttle.count(policy, self.now);
        }
        self.replace(key, throttle, policy);
    }

    /// Replaces a counter. One without failures is not needed any longer.
    pub(crate) fn replace(&mut self, key: &str, throttle: Throttle, policy: &ThrottlePolicy) {
        let until = throttle.expires_at(policy).unwrap_or(self.now);
        self.replace_until(key, throttle, until);
    }

    /// Replaces a counter that counts until a time.
    pub(crate) fn replace_until(&mut self, key: &str, throttle: Throttle, until: Timestamp) {
        self.changed.push((key.to_owned(), throttle, until));
    }

    /// Saves the replaced counters.
    ///
    /// # Errors
    /// [`persistence::StoreError`] of the database.
    pub(crate) async fn save(self, conn: &mut Conn) -> StoreResult<()> {
        login_throttle::save(conn, &self.changed).await
    }
}
