//! Outages on demand.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Until when the whole gateway is down.
#[derive(Debug, Default)]
pub struct Faults {
    down_until: Mutex<Option<Instant>>,
}

impl Faults {
    /// Takes the gateway down from now on; zero brings it back.
    pub fn outage(&self, length: Duration) {
        *self.down_until.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now().checked_add(length);
    }

    /// How long the gateway stays down; none when it is up.
    pub fn left(&self) -> Option<Duration> {
        let until = *self.down_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.map(|until| until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }
}
