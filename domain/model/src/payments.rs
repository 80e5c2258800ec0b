//! Payments: an intent to collect an amount for a cart, its attempts at gateways, and its transactions.
//!
//! The state of a payment is derived from the set of its attempts and transactions (see [`PaymentRecord`]), never
//! counted up or down: answers, webhooks and queries may arrive late, twice and in any order, and still lead to the
//! same state.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

mod alert;
mod attempt;
mod instructions;
mod intent;
mod merge;
mod operations;
mod receipt;
mod record;
mod refused;
mod report;
mod routing;
mod surplus;
mod transaction;

pub use alert::ReportAlert;
pub use attempt::{AttemptOutcome, PaymentAttempt};
pub use instructions::TransferInstructions;
pub use intent::{Payment, PaymentAction};
pub use receipt::ReceiptRefused;
pub use record::{Applied, PaymentRecord};
pub use refused::OperationRefused;
pub use report::{ChargeReport, Operation};
pub use routing::{Candidate, RoutingConditions, RoutingRule, route};
pub use transaction::{PaymentTransaction, TransactionKind, TransactionStatus};

/// The state of a payment.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum PaymentStatus {
    /// Not decided yet: in progress, waiting for a bank transfer, or with an unknown outcome.
    Pending,
    /// The shopper must complete an action, such as 3-D Secure.
    RequiresAction,
    /// Less than the amount is held on the shopper's account, for example on a prepaid card. It does not pay for the
    /// order and is voided.
    PartiallyAuthorized,
    /// The amount is held on the shopper's account.
    Authorized,
    /// A part of the amount was captured; the rest is still authorized.
    PartiallyCaptured,
    /// The payment was captured; nothing remains authorized.
    Captured,
    /// A part of the captured amount was refunded.
    PartiallyRefunded,
    /// The whole captured amount was refunded.
    Refunded,
    /// The authorization was voided, or the payment was canceled before it was decided.
    Voided,
    /// Nothing was charged, and nothing will be.
    Failed,
}

impl PaymentStatus {
    /// True if the gateway has not decided yet.
    #[must_use]
    pub const fn is_undecided(self) -> bool {
        matches!(self, Self::Pending | Self::RequiresAction)
    }

    /// True if the payment cannot collect money any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Voided | Self::Failed)
    }
}

/// The way a shopper pays.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum PaymentMethod {
    /// A card, identified by a token of the gateway.
    Card,
    /// A bank transfer that the shopper makes and staff confirm.
    BankTransfer,
}

/// The reason why a payment or an operation on it failed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum), graphql(name = "PaymentFailureCode"))]
pub enum FailureCode {
    /// The shopper's bank declined the payment without a reason.
    Declined,
    /// The shopper's account does not hold enough money.
    InsufficientFunds,
    /// The shopper did not pass authentication, such as 3-D Secure.
    AuthenticationFailed,
    /// The shopper or the shop canceled the payment before it was decided.
    Canceled,
    /// The gateway could not be reached or was out of order; nothing was charged.
    GatewayUnavailable,
    /// The gateway rejected the request as invalid.
    Refused,
}

impl FailureCode {
    /// True if the gateway or the shopper's bank declined the payment, as opposed to a cancellation or an outage. A card
    /// that is tested causes such failures.
    #[must_use]
    pub const fn is_decline(self) -> bool {
        matches!(self, Self::Declined | Self::InsufficientFunds | Self::AuthenticationFailed | Self::Refused)
    }
}
