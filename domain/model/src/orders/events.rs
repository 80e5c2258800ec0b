//! The timeline of an order.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::{
    Timestamp,
    ids::{OrderEventId, OrderId},
};

/// An event in the timeline of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderEvent {
    /// Identifier; sorts by time.
    pub id: OrderEventId,
    /// The order.
    pub order_id: OrderId,
    /// The kind of event.
    pub kind: OrderEventKind,
    /// The actor.
    pub actor: String,
    /// Time of the event.
    pub at: Timestamp,
}

/// The kind of an event in the timeline of an order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum OrderEventKind {
    /// The shopper placed the order.
    Placed,
    /// The mail that the order was received was sent to the shopper, with the instructions for a bank transfer.
    AcknowledgmentSent,
    /// The confirmation was sent to the shopper.
    ConfirmationSent,
    /// The payment was authorized.
    PaymentAuthorized,
    /// A part of the payment was captured.
    PaymentPartiallyCaptured,
    /// The payment was captured in full.
    PaymentCaptured,
    /// The authorization was voided.
    PaymentVoided,
    /// The payment failed.
    PaymentFailed,
    /// A part of the payment was refunded.
    PaymentPartiallyRefunded,
    /// The payment was refunded in full.
    PaymentRefunded,
    /// The shopper's bank charged the payment back.
    PaymentChargedBack,
    /// Items were shipped.
    Fulfilled,
    /// The order is paid and fulfilled completely.
    Completed,
    /// The order was canceled.
    Canceled,
    /// The payment did not arrive in time.
    Expired,
}
