//! Delays of the gateway.

use std::time::Duration;

/// Delays of the gateway.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// From the creation of a `tok_pending` charge to its decision.
    pub decide_after: Duration,
    /// From the capture of a `tok_dispute` charge to the chargeback.
    pub dispute_after: Duration,
    /// The response time of `tok_slow`.
    pub slow_answer: Duration,
    /// From a change to its first webhook.
    pub webhook_after: Duration,
    /// The maximum additional delay of webhooks of `tok_chaos`.
    pub chaos: Duration,
    /// The wait before the first retry of a webhook; it doubles up to a minute.
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
