//! One money event at a gateway.

use serde::{Deserialize, Serialize};

use super::FailureCode;
use crate::{
    Money, Timestamp,
    ids::{PaymentAttemptId, PaymentId, PaymentTransactionId},
    shared::names::names,
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

/// The kinds of money events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TransactionKind {
    /// An amount is held on the shopper's account.
    Authorize,
    /// Held money is taken.
    Capture,
    /// What is still held is released.
    Void,
    /// Money is given back.
    Refund,
    /// The shopper's bank takes money back.
    Chargeback,
}

names! { TransactionKind {
    Authorize = "AUTHORIZE", Capture = "CAPTURE", Void = "VOID", Refund = "REFUND", Chargeback = "CHARGEBACK",
} }

/// How far a money event is; merging two is taking the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TransactionStatus {
    /// Asked for; the gateway has not confirmed it.
    Pending,
    /// The gateway refused it.
    Failed,
    /// It happened.
    Succeeded,
}

names! { TransactionStatus { Pending = "PENDING", Failed = "FAILED", Succeeded = "SUCCEEDED" } }
