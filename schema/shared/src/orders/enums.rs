//! The states and events of orders.

use async_graphql::Enum;
use model::orders;

/// Whether an order is a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "orders::OrderStatus")]
pub enum OrderStatus {
    /// The stock is promised; the payment is not decided yet.
    PendingPayment,
    /// Paid or as good as paid; goods or money are still to move.
    Open,
    /// Paid and sent.
    Completed,
    /// Called off by the shopper or staff.
    Canceled,
    /// The payment did not come.
    Expired,
}

/// How far the money of an order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "orders::PaymentProgress")]
pub enum OrderPaymentStatus {
    /// Not decided.
    Pending,
    /// Held on the shopper's account.
    Authorized,
    /// A part was taken.
    PartiallyPaid,
    /// All was taken, or there was nothing to pay.
    Paid,
    /// A part of what was taken was given back.
    PartiallyRefunded,
    /// All of what was taken was given back.
    Refunded,
    /// The hold was released; nothing was taken.
    Voided,
    /// The shopper's bank said no.
    Failed,
}

/// How far the goods of an order have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "orders::FulfillmentStatus")]
pub enum OrderFulfillmentStatus {
    /// Nothing was sent.
    Unfulfilled,
    /// A part was sent.
    PartiallyFulfilled,
    /// Everything was sent.
    Fulfilled,
    /// There is nothing to send.
    NotRequired,
}

/// Where the goods of a fulfilment are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "orders::FulfillmentState")]
pub enum FulfillmentStatus {
    /// They left the building.
    Shipped,
}

/// What can happen to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "orders::OrderEventKind")]
pub enum OrderEventKind {
    /// The shopper placed it.
    Placed,
    /// The confirmation was sent to the shopper.
    ConfirmationSent,
    /// The money is held.
    PaymentAuthorized,
    /// A part of the money was taken.
    PaymentPartiallyCaptured,
    /// The money was taken.
    PaymentCaptured,
    /// The hold was released.
    PaymentVoided,
    /// The shopper's bank said no.
    PaymentFailed,
    /// A part of the money was given back.
    PaymentPartiallyRefunded,
    /// The money was given back.
    PaymentRefunded,
    /// The shopper's bank took money back.
    PaymentChargedBack,
    /// Goods were sent.
    Fulfilled,
    /// Everything is paid and sent.
    Completed,
    /// It was called off.
    Canceled,
    /// The payment did not come in time.
    Expired,
}
