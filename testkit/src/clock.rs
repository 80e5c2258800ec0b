//! A clock that tests control.

use std::sync::{Arc, Mutex};

use chrono::{SubsecRound as _, TimeDelta, Utc};
use model::Timestamp;
use services::Clock;

/// A clock that advances only on request; clones share the time.
#[derive(Clone)]
pub struct TestClock(Arc<Mutex<Timestamp>>);

impl TestClock {
    /// Creates a clock that starts at the current time.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Utc::now().trunc_subsecs(6))))
    }

    /// Advances the time.
    ///
    /// # Panics
    /// If another user of the clock panicked.
    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}
