//! One money event at a gateway.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::FailureCode;
use crate::{
    Money, Timestamp,
    ids::{PaymentAttemptId, PaymentId, PaymentTransactionId},
};

/// One money event at a gateway. Those that we cause are written before the gateway is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentTransaction {
    /// Identifier; also the idempotency key towards the gateway.
    pub id: PaymentTransactionId,
    /// The payment.
    pub payment_id: PaymentId,
    /// The attempt whose charge it changes.
    pub attempt_id: PaymentAttemptId,
    /// What happens to the money.
    pub kind: TransactionKind,
    /// How far it is.
    pub status: TransactionStatus,
    /// The gateway.
    pub gateway: String,
    /// What the gateway calls the event.
    pub gateway_reference: Option<String>,
    /// The key of whoever asked for it; the same key never causes a second event of the kind.
    pub key: Option<String>,
    /// How much.
    pub amount: Money,
    /// Why it failed.
    pub failure: Option<FailureCode>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When its status last changed.
    pub updated_at: Timestamp,
}

/// The kind of a payment transaction.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum), graphql(name = "PaymentTransactionKind"))]
pub enum TransactionKind {
    /// Holds an amount on the shopper's account.
    Authorize,
    /// Collects money that is authorized.
    Capture,
    /// Releases what is still authorized.
    Void,
    /// Returns captured money to the shopper.
    Refund,
    /// The shopper's bank reclaims captured money.
    Chargeback,
}

// Declared in order of certainty: of two reports about a transaction the greater one is kept.
/// The status of a payment transaction.
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
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum), graphql(name = "PaymentTransactionStatus"))]
pub enum TransactionStatus {
    /// Requested; the gateway has not confirmed it.
    Pending,
    /// The gateway refused the transaction.
    Failed,
    /// The gateway confirmed the transaction.
    Succeeded,
}
