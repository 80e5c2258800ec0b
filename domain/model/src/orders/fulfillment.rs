//! Fulfillments: their parcels, and their changes after the shipment.

use serde::{Deserialize, Serialize};

use super::{
    EventDetails, FulfillItem, FulfillmentState, FulfillmentStatus, Order, OrderEvent, OrderEventKind, OrderLine,
    OrderStatus, event,
};
use crate::{
    Quantity, Timestamp, WebUrl,
    audit::Change,
    ids::{FulfillmentId, OrderId, StockLocationId},
};

/// Items of an order that were shipped together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fulfillment {
    /// Identifier.
    pub id: FulfillmentId,
    /// The order.
    pub order_id: OrderId,
    /// The state of the shipment.
    pub state: FulfillmentState,
    /// The name of the carrier.
    pub carrier: Option<String>,
    /// The tracking information of each parcel.
    pub trackings: Vec<Tracking>,
    /// The location that staff chose; none if the items left from where they were allocated.
    pub location: Option<StockLocationId>,
    /// The shipped items.
    pub lines: Vec<FulfillItem>,
    /// The actor who shipped them.
    pub actor: String,
    /// Time of the shipment.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
    /// Time at which the items were delivered.
    pub delivered_at: Option<Timestamp>,
}

/// Tracking information of a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracking {
    /// The carrier's tracking number.
    pub number: String,
    /// The carrier's tracking page, an `http` or `https` URL.
    pub url: Option<String>,
}

/// Carrier or tracking information is malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTracking {
    /// The number is empty or too long.
    #[error("a tracking number has 1 to 200 characters")]
    Number,
    /// The URL is malformed.
    #[error("a tracking URL starts with https:// or http:// and has no user name, password and blanks")]
    Url,
    /// There are too many parcels.
    #[error("a fulfillment has at most {most} parcels", most = Tracking::MOST)]
    TooMany,
    /// The carrier is too long.
    #[error("a carrier has 1 to 200 characters")]
    Carrier,
}

/// The fulfillment cannot be changed like this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FulfillmentRefused {
    /// Its state does not allow it.
    #[error("the fulfillment is {0}")]
    State(FulfillmentState),
    /// The state of its order does not allow it.
    #[error("the order is {0}")]
    Order(OrderStatus),
}

impl Tracking {
    /// The most parcels of a fulfillment.
    pub const MOST: usize = 50;

    /// The tracking information as it is stored: the number without surrounding blanks.
    ///
    /// # Errors
    /// [`InvalidTracking`] if number or URL is malformed.
    pub fn normalized(self) -> Result<Self, InvalidTracking> {
        let number = bounded(&self.number).ok_or(InvalidTracking::Number)?;
        let url = self.url.as_deref().map(WebUrl::parse).transpose().map_err(|_| InvalidTracking::Url)?;
        Ok(Self { number, url: url.map(String::from) })
    }

    /// The tracking information of several parcels.
    ///
    /// # Errors
    /// [`InvalidTracking`] if there are too many, or one is malformed.
    pub fn normalized_all(all: Vec<Self>) -> Result<Vec<Self>, InvalidTracking> {
        if all.len() > Self::MOST {
            return Err(InvalidTracking::TooMany);
        }
        all.into_iter().map(Self::normalized).collect()
    }

    /// The name of a carrier as it is stored.
    ///
    /// # Errors
    /// [`InvalidTracking::Carrier`] if it is empty or too long.
    pub fn carrier(name: &str) -> Result<String, InvalidTracking> {
        bounded(name).ok_or(InvalidTracking::Carrier)
    }
}

/// The text without surrounding blanks; none if it is empty, too long, or has control characters.
fn bounded(text: &str) -> Option<String> {
    let text = text.trim();
    let is_good = (1..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    is_good.then(|| text.to_owned())
}

impl Fulfillment {
    /// Replaces carrier and tracking information.
    ///
    /// # Errors
    /// [`FulfillmentRefused::State`] if it is canceled.
    pub fn track(
        &mut self,
        carrier: Option<String>,
        trackings: Vec<Tracking>,
        now: Timestamp,
    ) -> Result<(), FulfillmentRefused> {
        if self.state == FulfillmentState::Canceled {
            return Err(FulfillmentRefused::State(self.state));
        }
        (self.carrier, self.trackings, self.updated_at) = (carrier, trackings, now);
        Ok(())
    }

    /// Marks it as delivered.
    ///
    /// # Errors
    /// [`FulfillmentRefused::State`] unless it is shipped.
    pub fn deliver(&mut self, now: Timestamp) -> Result<(), FulfillmentRefused> {
        if self.state != FulfillmentState::Shipped {
            return Err(FulfillmentRefused::State(self.state));
        }
        self.state = FulfillmentState::Delivered;
        (self.delivered_at, self.updated_at) = (Some(now), now);
        Ok(())
    }

    /// Carrier, parcels and changed values, for the timeline.
    #[must_use]
    pub fn details(&self, changes: Vec<Change>) -> EventDetails {
        EventDetails {
            fulfillment: Some(self.id),
            carrier: self.carrier.clone(),
            trackings: self.trackings.clone(),
            changes,
            ..EventDetails::default()
        }
    }
}

impl Order {
    /// Cancels a fulfillment: its units are to be shipped again, and a completed order is open again.
    ///
    /// # Errors
    /// [`FulfillmentRefused`] unless the fulfillment is shipped and the order neither canceled nor expired; then nothing has
    /// changed.
    pub fn cancel_fulfillment(
        &mut self,
        lines: &mut [OrderLine],
        fulfillment: &mut Fulfillment,
        actor: &str,
        now: Timestamp,
    ) -> Result<OrderEvent, FulfillmentRefused> {
        if !matches!(self.status, OrderStatus::Open | OrderStatus::Completed) {
            return Err(FulfillmentRefused::Order(self.status));
        }
        if fulfillment.state != FulfillmentState::Shipped {
            return Err(FulfillmentRefused::State(fulfillment.state));
        }
        for item in &fulfillment.lines {
            let Some(line) = lines.iter_mut().find(|line| line.id == item.line_id) else { continue };
            // A fulfillment has no more units of a line than were fulfilled in all.
            let left = i64::from(line.fulfilled) - i64::from(item.quantity);
            line.fulfilled = Quantity::try_from(left).unwrap_or(Quantity::ZERO);
        }
        fulfillment.state = FulfillmentState::Canceled;
        fulfillment.updated_at = now;
        self.fulfillment_status = FulfillmentStatus::of(lines);
        self.status = OrderStatus::Open;
        self.touch(now);
        let details = EventDetails { fulfillment: Some(fulfillment.id), ..EventDetails::default() };
        Ok(event(self.id, OrderEventKind::FulfillmentCanceled, actor, now).with(details))
    }

    /// The event of a change of a fulfillment, which counts as a write of its order.
    pub fn fulfillment_changed(
        &mut self,
        kind: OrderEventKind,
        details: EventDetails,
        actor: &str,
        now: Timestamp,
    ) -> OrderEvent {
        self.touch(now);
        event(self.id, kind, actor, now).with(details)
    }
}
