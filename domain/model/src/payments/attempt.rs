//! One try of a payment at one gateway.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::FailureCode;
use crate::{
    Timestamp,
    ids::{PaymentAttemptId, PaymentId},
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
