//! Payment transactions.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::FailureCode;
use crate::{
    Money, Timestamp,
    ids::{PaymentAttemptId, PaymentId, PaymentTransactionId},
};

/// One money event at a gateway. Transactions that Mercator starts are stored before the gateway is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentTransaction {
    /// Global id; also the idempotency key of the request to the gateway.
    pub id: PaymentTransactionId,
    /// Payment of the transaction.
    pub payment_id: PaymentId,
    /// Attempt whose charge it changes.
    pub attempt_id: PaymentAttemptId,
    /// Kind of the transaction.
    pub kind: TransactionKind,
    /// Status of the transaction.
    pub status: TransactionStatus,
    /// Name of the gateway.
    pub gateway: String,
    /// The gateway's reference; None while it is unknown.
    pub gateway_reference: Option<String>,
    /// Idempotency key of the caller; a key causes at most one transaction per kind.
    pub key: Option<String>,
    /// Amount of the transaction.
    pub amount: Money,
    /// Reason of the failure.
    pub failure: Option<FailureCode>,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time of the last status change.
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
