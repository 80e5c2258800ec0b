//! Attempts of a payment at gateways.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::FailureCode;
use crate::{
    Timestamp,
    ids::{PaymentAttemptId, PaymentId},
};

/// One try of a payment at one gateway. It is stored before the gateway is called, so that every charge has a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAttempt {
    /// Global id.
    pub id: PaymentAttemptId,
    /// Payment of the attempt.
    pub payment_id: PaymentId,
    /// Number among the attempts of the payment, starting at 1.
    pub number: i32,
    /// Name of the gateway.
    pub gateway: String,
    /// Our reference of the charge; unique at the gateway.
    pub reference: String,
    /// The gateway's reference of the charge; None while it is unknown.
    pub gateway_reference: Option<String>,
    /// Outcome of the attempt, as far as it is known.
    pub outcome: AttemptOutcome,
    /// Reason of the failure.
    pub failure: Option<FailureCode>,
    /// Time when the gateway was called.
    pub started_at: Timestamp,
    /// Response time of the gateway in milliseconds; None if it did not respond.
    pub latency_ms: Option<i32>,
    /// Time when the attempt was decided.
    pub finished_at: Option<Timestamp>,
}

// Declared in order of certainty: of two reports about an attempt the greater one is kept.
/// The outcome of a payment attempt, as far as it is known.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum), graphql(name = "PaymentAttemptOutcome"))]
pub enum AttemptOutcome {
    /// The call to the gateway is in progress.
    Started,
    /// The gateway did not answer; it may have charged the shopper.
    Unknown,
    /// The gateway decides later.
    Pending,
    /// The shopper must complete an action, such as 3-D Secure.
    RequiresAction,
    /// The gateway was unavailable and charged nothing.
    Unavailable,
    /// The gateway declined the payment.
    Declined,
    /// The attempt was canceled before it was decided.
    Canceled,
    /// The amount is authorized.
    Authorized,
}

impl AttemptOutcome {
    /// True if the gateway has decided.
    #[must_use]
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Unavailable | Self::Declined | Self::Canceled | Self::Authorized)
    }
}

impl PaymentAttempt {
    /// Applies an outcome unless a more certain one is already known.
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
