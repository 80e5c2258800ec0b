//! Payments: an intent to collect an amount for a cart, the attempts at gateways, and every money event.
//!
//! What a payment is worth is derived from the set of known facts (see [`PaymentRecord`]), never counted up or down:
//! so answers, webhooks and questions may come late, twice and in any order, and still lead to the same state.

use serde::{Deserialize, Serialize};

use crate::shared::names::names;

mod attempt;
mod intent;
mod record;
mod refused;
mod report;
mod routing;
mod surplus;
mod transaction;

pub use attempt::{AttemptOutcome, PaymentAttempt};
pub use intent::{Payment, PaymentAction};
pub use record::{Applied, PaymentRecord};
pub use refused::OperationRefused;
pub use report::{ChargeReport, Operation};
pub use routing::{Candidate, RoutingConditions, RoutingRule, route};
pub use transaction::{PaymentTransaction, TransactionKind, TransactionStatus};

/// Where a payment is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentStatus {
    /// Not decided: under way, awaited by bank transfer, or its outcome is not known yet.
    Pending,
    /// The shopper has to do something, such as 3-D Secure.
    RequiresAction,
    /// The amount is held on the shopper's account.
    Authorized,
    /// A part of the amount was taken; the rest is still held.
    PartiallyCaptured,
    /// The money was taken; nothing is held any more.
    Captured,
    /// A part of the money taken was given back.
    PartiallyRefunded,
    /// All the money taken was given back.
    Refunded,
    /// The hold was released, or the payment was cancelled before it was decided.
    Voided,
    /// Nothing was charged, and nothing will be.
    Failed,
}

names! { PaymentStatus {
    Pending = "PENDING", RequiresAction = "REQUIRES_ACTION", Authorized = "AUTHORIZED",
    PartiallyCaptured = "PARTIALLY_CAPTURED", Captured = "CAPTURED", PartiallyRefunded = "PARTIALLY_REFUNDED",
    Refunded = "REFUNDED", Voided = "VOIDED", Failed = "FAILED",
} }

impl PaymentStatus {
    /// Whether the gateway still has to say yes or no.
    #[must_use]
    pub const fn is_undecided(self) -> bool {
        matches!(self, Self::Pending | Self::RequiresAction)
    }

    /// Whether no money can come of the payment any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Voided | Self::Failed)
    }
}

/// How the shopper pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentMethod {
    /// A card, by a token that a gateway gave for it.
    Card,
    /// A transfer that the shopper makes and staff confirm.
    BankTransfer,
}

names! { PaymentMethod { Card = "CARD", BankTransfer = "BANK_TRANSFER" } }

/// Why no money came of an attempt or an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FailureCode {
    /// The shopper's bank said no and gave no reason.
    Declined,
    /// The account does not hold enough.
    InsufficientFunds,
    /// The shopper did not prove who they are.
    AuthenticationFailed,
    /// The shopper or the shop gave up before it was decided.
    Canceled,
    /// The gateway could not be reached or was out of order; nothing was charged.
    GatewayUnavailable,
    /// The gateway refused the request as such.
    Refused,
}

names! { FailureCode {
    Declined = "DECLINED", InsufficientFunds = "INSUFFICIENT_FUNDS", AuthenticationFailed = "AUTHENTICATION_FAILED",
    Canceled = "CANCELED", GatewayUnavailable = "GATEWAY_UNAVAILABLE", Refused = "REFUSED",
} }
