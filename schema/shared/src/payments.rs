//! Words of payments that both schemas use.

use async_graphql::Enum;

/// Where a payment is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::payments::PaymentStatus")]
pub enum PaymentStatus {
    /// Not decided: under way, awaited by bank transfer, or its outcome is not known yet.
    Pending,
    /// The shopper has to do something, such as 3-D Secure; see the payment's action.
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

/// How the shopper pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::payments::PaymentMethod")]
pub enum PaymentMethod {
    /// A card, by a token that a gateway gave for it.
    Card,
    /// A transfer that the shopper makes and staff confirm.
    BankTransfer,
}

/// Why no money came of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::payments::FailureCode")]
pub enum PaymentFailureCode {
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
