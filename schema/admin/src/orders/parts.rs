//! Objects inside orders: events, notes and allocations.

use async_graphql::{ID, SimpleObject};
use chrono::{DateTime, Utc};
use model::{audit::Change, ids::StockLocationId, inventory::Allocation, orders, settings::Settings};
use schema_shared::{Money, Tracking, to_id};

/// An event in the timeline of an order.
#[derive(SimpleObject)]
pub struct OrderEvent {
    /// Global id of the event.
    id: ID,
    /// Kind of the event.
    kind: orders::OrderEventKind,
    /// Time of the event.
    at: DateTime<Utc>,
    /// Actor of the event: a global id, `anonymous` for guests, or `system`.
    actor: String,
    /// More about the event.
    details: OrderEventDetails,
}

/// More about an event of an order. Most kinds of events have few of these facts.
#[derive(SimpleObject)]
pub struct OrderEventDetails {
    /// Amount that moved or is awaited; null for events without one.
    amount: Option<Money>,
    /// Reference of a bank transfer; null if none was recorded, or if it was removed with the contact data.
    reference: Option<String>,
    /// Global id of the fulfillment; null for events of other things.
    fulfillment_id: Option<ID>,
    /// Carrier of the parcels; null if it is not given.
    carrier: Option<String>,
    /// Tracking of the parcels.
    trackings: Vec<Tracking>,
    /// Changed values; empty after the contact data was removed.
    changes: Vec<OrderChange>,
}

/// A value of an order that has changed.
#[derive(SimpleObject)]
pub struct OrderChange {
    /// Path of the value, such as `shippingAddress.city`.
    path: String,
    /// Previous value; null if there was none. Text is written as it is, other values as JSON.
    from: Option<String>,
    /// New value; null if it was removed.
    to: Option<String>,
}

impl From<orders::OrderEvent> for OrderEvent {
    fn from(event: orders::OrderEvent) -> Self {
        let details = event.details.into();
        Self { id: to_id(event.id), kind: event.kind, at: event.at, actor: event.actor, details }
    }
}

impl From<orders::EventDetails> for OrderEventDetails {
    fn from(details: orders::EventDetails) -> Self {
        let change = |change: Change| OrderChange { path: change.path, from: change.from, to: change.to };
        Self {
            amount: details.amount.map(Into::into),
            reference: details.reference,
            fulfillment_id: details.fulfillment.map(to_id),
            carrier: details.carrier,
            trackings: details.trackings.into_iter().map(Into::into).collect(),
            changes: details.changes.into_iter().map(change).collect(),
        }
    }
}

/// A note of staff about an order.
#[derive(SimpleObject)]
pub struct OrderNote {
    /// Global id of the note.
    id: ID,
    /// Text of the note.
    text: String,
    /// Time at which the note was written.
    at: DateTime<Utc>,
    /// Actor who wrote it: a global id, or `system`.
    actor: String,
}

impl From<orders::OrderNote> for OrderNote {
    fn from(note: orders::OrderNote) -> Self {
        Self { id: to_id(note.id), text: note.text, at: note.at, actor: note.actor }
    }
}

/// Units at a stock location that are allocated to an order line.
#[derive(SimpleObject)]
pub struct OrderAllocation {
    /// Slug of the stock location.
    location: String,
    /// Number of allocated units.
    quantity: i64,
    /// Global id of the variant: that of the line, or a component of a bundle.
    variant_id: ID,
}

impl OrderAllocation {
    pub(super) fn of(held: &Allocation, settings: &Settings) -> Self {
        Self {
            location: slug_of(settings, held.location_id),
            quantity: held.quantity,
            variant_id: to_id(held.variant_id),
        }
    }
}

/// The slug of a stock location; its global id if a snapshot does not contain it yet.
pub(super) fn slug_of(settings: &Settings, id: StockLocationId) -> String {
    let found = settings.locations.iter().find(|location| location.id == id);
    found.map_or_else(|| id.to_string(), |location| location.slug.to_string())
}
