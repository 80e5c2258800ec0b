//! Fulfillments: their parcels, and their changes after the shipment.

use super::{
    EventDetails, FulfillItem, FulfillmentState, FulfillmentStatus, Order, OrderEvent, OrderEventKind, OrderLine,
    OrderStatus, Tracking, event,
};
use crate::{
    Quantity, Timestamp,
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
