//! Transactions of payments.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::FailureCode;
use crate::{
    Money, Timestamp,
    ids::{PaymentAttemptId, PaymentId, PaymentTransactionId},
};

/// A movement of money at a gateway. Those that we request are recorded before the gateway is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentTransaction {
    /// Identifier; also the idempotency key towards the gateway.
    pub id: PaymentTransactionId,
    /// The payment.
    pub payment_id: PaymentId,
    /// The attempt that created the charge.
    pub attempt_id: PaymentAttemptId,
    /// The kind of transaction.
    pub kind: TransactionKind,
    /// The status.
    pub status: TransactionStatus,
    /// Name of the gateway.
    pub gateway: String,
    /// The gateway's reference of the transaction, once it is known.
    pub gateway_reference: Option<String>,
    /// The key of the request; the same key never causes a second transaction of the kind.
    pub key: Option<String>,
    /// The amount.
    pub amount: Money,
    /// The reason of a failure.
    pub failure: Option<FailureCode>,
    /// Time of recording.
    pub created_at: Timestamp,
    /// Time of the last change of status.
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
