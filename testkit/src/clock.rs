//! A clock that a test moves.

use std::sync::{Arc, Mutex};

use chrono::{SubsecRound as _, TimeDelta, Utc};
use model::Timestamp;
use services::Clock;

/// Stands still until it is moved; clones are the same clock.
#[derive(Clone)]
pub struct TestClock(Arc<Mutex<Timestamp>>);

impl TestClock {
    /// A clock that shows the current time.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Utc::now().trunc_subsecs(6))))
    }

    /// Lets time pass.
    ///
    /// # Panics
    /// When another user of the clock panicked.
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
