//! Simulated outages.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The simulated outage of the gateway.
#[derive(Debug, Default)]
pub struct Faults {
    down_until: Mutex<Option<Instant>>,
}

impl Faults {
    /// Starts an outage of this length; zero ends it.
    pub fn outage(&self, length: Duration) {
        *self.down_until.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now().checked_add(length);
    }

    /// The remaining time of the outage; none if there is no outage.
    pub fn left(&self) -> Option<Duration> {
        let until = *self.down_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.map(|until| until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }
}
