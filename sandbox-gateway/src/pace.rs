//! How long things take at the gateway.

use std::time::Duration;

/// How long things take.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// From a `tok_pending` charge to its decision.
    pub decide_after: Duration,
    /// From the capture of a `tok_dispute` charge to the chargeback.
    pub dispute_after: Duration,
    /// How long the answer to `tok_slow` takes.
    pub slow_answer: Duration,
    /// From a change to the first webhook of it.
    pub webhook_after: Duration,
    /// How much later webhooks of `tok_chaos` may come.
    pub chaos: Duration,
    /// The wait before a webhook is sent again; it doubles up to a minute.
    pub first_retry: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            decide_after: Duration::from_secs(2),
            dispute_after: Duration::from_secs(2),
            slow_answer: Duration::from_secs(3),
            webhook_after: Duration::from_millis(200),
            chaos: Duration::from_secs(3),
            first_retry: Duration::from_millis(500),
        }
    }
}
