//! The timeline of an order.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    ids::{OrderEventId, OrderId},
    shared::names::names,
};

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderEvent {
    /// Identifier, sorts by time.
    pub id: OrderEventId,
    /// The order.
    pub order_id: OrderId,
    /// What happened.
    pub kind: OrderEventKind,
    /// Whoever did it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// What can happen to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
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

names! { OrderEventKind {
    Placed = "PLACED", ConfirmationSent = "CONFIRMATION_SENT", PaymentAuthorized = "PAYMENT_AUTHORIZED",
    PaymentPartiallyCaptured = "PAYMENT_PARTIALLY_CAPTURED", PaymentCaptured = "PAYMENT_CAPTURED",
    PaymentVoided = "PAYMENT_VOIDED", PaymentFailed = "PAYMENT_FAILED",
    PaymentPartiallyRefunded = "PAYMENT_PARTIALLY_REFUNDED", PaymentRefunded = "PAYMENT_REFUNDED",
    PaymentChargedBack = "PAYMENT_CHARGED_BACK",
    Fulfilled = "FULFILLED", Completed = "COMPLETED", Canceled = "CANCELED", Expired = "EXPIRED",
} }
