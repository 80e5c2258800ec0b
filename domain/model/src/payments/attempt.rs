//! Attempts of a payment at gateways.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::FailureCode;
use crate::{
    Timestamp,
    ids::{PaymentAttemptId, PaymentId},
};

/// An attempt of a payment at one gateway. It is recorded before the gateway is called, so that no charge exists
/// without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAttempt {
    /// Identifier.
    pub id: PaymentAttemptId,
    /// The payment.
    pub payment_id: PaymentId,
    /// Position among the payment's attempts, from 1.
    pub number: i32,
    /// Name of the gateway.
    pub gateway: String,
    /// Our reference of the charge; unique at the gateway.
    pub reference: String,
    /// The gateway's reference of the charge, once it is known.
    pub gateway_reference: Option<String>,
    /// The outcome, as far as it is known.
    pub outcome: AttemptOutcome,
    /// The reason of a failure.
    pub failure: Option<FailureCode>,
    /// Time of the call.
    pub started_at: Timestamp,
    /// Milliseconds until the gateway answered; none if it did not.
    pub latency_ms: Option<i32>,
    /// Time of the decision.
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
    /// Merges a reported outcome; a more certain one stays.
    pub fn merge(&mut self, outcome: AttemptOutcome, failure: Option<FailureCode>, now: Timestamp) {
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
