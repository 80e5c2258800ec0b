//! The only source of the current time.

use chrono::SubsecRound as _;
use model::Timestamp;

/// Tells the time; a test may hold it still.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    /// To the microsecond, because Postgres keeps no more: a moment reads back as it was written.
    fn now(&self) -> Timestamp {
        chrono::Utc::now().trunc_subsecs(6)
    }
}
