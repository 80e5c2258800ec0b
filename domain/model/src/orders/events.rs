//! The timeline of an order.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::Tracking;
use crate::{
    Money, Timestamp,
    audit::Change,
    ids::{FulfillmentId, OrderEventId, OrderId},
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
    /// More about the event.
    pub details: EventDetails,
}

/// More about an event. Most kinds of events have few of these facts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EventDetails {
    /// The amount that moved, or that is awaited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The reference of a bank transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The fulfillment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fulfillment: Option<FulfillmentId>,
    /// The carrier of the parcels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// The tracking information of the parcels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trackings: Vec<Tracking>,
    /// The changed values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

impl OrderEvent {
    /// A new event without details.
    #[must_use]
    pub fn new(order_id: OrderId, kind: OrderEventKind, actor: &str, at: Timestamp) -> Self {
        let details = EventDetails::default();
        Self { id: OrderEventId::new(), order_id, kind, actor: actor.to_owned(), at, details }
    }

    /// The same event with details.
    #[must_use]
    pub fn with(self, details: EventDetails) -> Self {
        Self { details, ..self }
    }
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
    /// The shopper was reminded of an unpaid bank transfer.
    PaymentReminderSent,
    /// Items were shipped.
    Fulfilled,
    /// Carrier or tracking information of shipped items has changed.
    TrackingUpdated,
    /// Shipped items were delivered.
    Delivered,
    /// A fulfillment was canceled; its items are to be shipped again.
    FulfillmentCanceled,
    /// Staff changed contact data, addresses, tags or metafields.
    Updated,
    /// Staff wrote a note. Shoppers do not see it.
    NoteAdded,
    /// The order is paid and fulfilled completely.
    Completed,
    /// The order was canceled.
    Canceled,
    /// The payment did not arrive in time.
    Expired,
}

impl OrderEventKind {
    /// True if the event concerns only staff.
    #[must_use]
    pub const fn is_internal(self) -> bool {
        matches!(self, Self::Updated | Self::NoteAdded)
    }
}
