//! One try of a payment at one gateway.

use serde::{Deserialize, Serialize};

use super::FailureCode;
use crate::{
    Timestamp,
    ids::{PaymentAttemptId, PaymentId},
    shared::names::names,
};

/// One try of a payment at one gateway. It is written before the gateway is called, so that no charge is without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAttempt {
    /// Identifier.
    pub id: PaymentAttemptId,
    /// The payment.
    pub payment_id: PaymentId,
    /// Its place among the attempts of the payment, from 1.
    pub number: i32,
    /// The gateway.
    pub gateway: String,
    /// What we call the charge towards the gateway; unique there.
    pub reference: String,
    /// What the gateway calls it.
    pub gateway_reference: Option<String>,
    /// What came of it, as far as it is known.
    pub outcome: AttemptOutcome,
    /// Why nothing came of it.
    pub failure: Option<FailureCode>,
    /// When the gateway was called.
    pub started_at: Timestamp,
    /// How long the gateway took to answer the call, in milliseconds; none where it did not.
    pub latency_ms: Option<i32>,
    /// When it was decided.
    pub finished_at: Option<Timestamp>,
}

/// What is known of an attempt. A later value says more than an earlier one, and the last word about money wins:
/// merging two is taking the greater, so that the order in which they are learnt does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AttemptOutcome {
    /// The gateway is being called.
    Started,
    /// The gateway did not answer; it may have charged.
    Unknown,
    /// The gateway decides later.
    Pending,
    /// The shopper has to act.
    RequiresAction,
    /// The gateway was out of order and did not charge.
    Unavailable,
    /// The gateway said no.
    Declined,
    /// It was cancelled before it was decided.
    Canceled,
    /// The amount is held.
    Authorized,
}

names! { AttemptOutcome {
    Started = "STARTED", Unknown = "UNKNOWN", Pending = "PENDING", RequiresAction = "REQUIRES_ACTION",
    Unavailable = "UNAVAILABLE", Declined = "DECLINED", Canceled = "CANCELED", Authorized = "AUTHORIZED",
} }

impl AttemptOutcome {
    /// Whether the gateway has said yes or no.
    #[must_use]
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Unavailable | Self::Declined | Self::Canceled | Self::Authorized)
    }
}

impl PaymentAttempt {
    /// Learns something; what is already known better stays.
    pub fn learn(&mut self, outcome: AttemptOutcome, failure: Option<FailureCode>, now: Timestamp) {
        if outcome <= self.outcome {
            return;
        }
        self.outcome = outcome;
        self.failure = if outcome == AttemptOutcome::Authorized { None } else { failure };
        if outcome.is_decided() {
            self.finished_at.get_or_insert(now);
        }
    }
}
