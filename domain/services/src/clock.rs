//! The only source of the current time.

use chrono::SubsecRound as _;
use model::Timestamp;

/// A source of the current time; tests use one that they move.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    /// Truncated to microseconds, the precision of Postgres, so that a stored time equals the one read back.
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        chrono::Utc::now().trunc_subsecs(6)
    }
}
