//! The only source of the current time in the sandbox gateway.

use chrono::{DateTime, Utc};

/// The current time.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
