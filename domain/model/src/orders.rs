//! Orders. Status, payment status and fulfillment status are independent; prices, names and addresses are those at the
//! time of placement.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Address, Currency, Locale, Money, MoneyError, Quantity, TaxedMoney, Timestamp,
    ids::{CartId, ChannelId, CustomerId, FulfillmentId, OrderEventId, OrderId, OrderLineId, ProductId, VariantId},
    ledger::PlacedAmounts,
    pricing::{AppliedPromotion, DiscountAllocation},
    tax::TaxRate,
};

mod cancel;
mod events;
mod fulfill;
mod payment;
mod place;
mod prices;
mod status;
#[cfg(test)]
mod tests;

pub use cancel::{CancelReason, CancelRefused, cancellation};
pub use events::{OrderEvent, OrderEventKind};
pub use fulfill::{FulfillItem, FulfillRefused, Shipment};
pub use payment::PaymentOutcome;
pub use place::{PlaceError, PlacedOrder, Settlement, place, require_no_problem};
pub use prices::prices_of_cart;
pub use status::{FulfillmentState, FulfillmentStatus, OrderStatus, PaymentProgress};

/// An order placed in a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Global id.
    pub id: OrderId,
    /// Order number for people: increasing, with gaps. Assigned when the order is stored, zero before.
    pub number: i64,
    /// Cart that was completed; a cart becomes at most one order.
    pub cart_id: CartId,
    /// Secret that grants a guest access: 128 random bits as text.
    pub token: String,
    /// Number of writes, starting at 1.
    pub version: i32,
    /// Channel of the order.
    pub channel: ChannelId,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Locale of the names and mails.
    pub locale: Locale,
    /// Customer who placed the order; None for a guest.
    pub customer: Option<CustomerId>,
    /// Email address of the buyer.
    pub email: String,
    /// Phone number of the buyer.
    pub phone: Option<String>,
    /// Shipping address; None if nothing is shipped.
    pub shipping_address: Option<Address>,
    /// Billing address; None if it is the shipping address.
    pub billing_address: Option<Address>,
    /// Note from the shopper to the merchant.
    pub note: Option<String>,
    /// Sum of the lines before discounts.
    pub subtotal: TaxedMoney,
    /// Total line discounts in the channel's price mode (gross or net); discounts on delivery are only in `promotions`.
    pub discount_total: Money,
    /// Price of delivery after discounts.
    pub shipping: TaxedMoney,
    /// Amount to pay.
    pub total: TaxedMoney,
    /// Delivery methods that were bought.
    pub deliveries: Vec<OrderDelivery>,
    /// Promotions that reduced a price.
    pub promotions: Vec<AppliedPromotion>,
    /// State of the order.
    pub status: OrderStatus,
    /// Payment status.
    pub payment_status: PaymentProgress,
    /// Fulfillment status.
    pub fulfillment_status: FulfillmentStatus,
    /// Reason of the cancellation; None if the order was not canceled.
    pub cancel_reason: Option<CancelReason>,
    /// Time of placement.
    pub placed_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
    /// Time when a pending payment times out; None if no payment is pending.
    pub expires_at: Option<Timestamp>,
}

/// The order has another version than the caller expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the order has changed: its version is {current}")]
pub struct OrderMoved {
    /// The current version.
    pub current: i32,
}

/// A delivery method that was bought with an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDelivery {
    /// Name in the API, such as `standard`.
    pub handle: String,
    /// Title shown to shoppers.
    pub title: String,
    /// Price after discounts.
    pub price: TaxedMoney,
    /// Minimum and maximum number of days until delivery.
    #[serde(default)]
    pub estimated_days: (u16, u16),
    /// True if the shopper picks the goods up.
    pub is_pickup: bool,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderLine {
    /// Global id.
    pub id: OrderLineId,
    /// Order of the line.
    pub order_id: OrderId,
    /// Position in the order, starting at 0.
    pub position: i32,
    /// Variant that was bought.
    pub variant_id: VariantId,
    /// Product of the variant.
    pub product_id: ProductId,
    /// Stock keeping unit.
    pub sku: String,
    /// Name of product and variant in the order's locale.
    pub name: String,
    /// Number of units.
    pub quantity: Quantity,
    /// Units that were fulfilled.
    pub fulfilled: Quantity,
    /// Price of one unit before discounts.
    pub unit_price: TaxedMoney,
    /// Price of all units before discounts.
    pub subtotal: TaxedMoney,
    /// Price of all units after discounts.
    pub total: TaxedMoney,
    /// Discounts of the line.
    pub discounts: Vec<DiscountAllocation>,
    /// Tax class that determined the tax rate.
    pub tax_class: String,
    /// Applied tax rate.
    pub tax_rate: TaxRate,
    /// True if the line is shipped.
    pub requires_shipping: bool,
    /// Custom attributes, such as an engraving.
    pub attributes: BTreeMap<String, String>,
    /// Stock that the whole line needs: variants and units.
    pub stock_needs: Vec<(VariantId, i64)>,
}

/// A fulfillment: goods of an order that were shipped together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fulfillment {
    /// Global id.
    pub id: FulfillmentId,
    /// Order of the fulfillment.
    pub order_id: OrderId,
    /// Status of the fulfillment.
    pub state: FulfillmentState,
    /// Tracking data of the parcel; None if there is none.
    pub tracking: Option<Tracking>,
    /// Shipped units by line.
    pub lines: Vec<FulfillItem>,
    /// Actor that created the fulfillment.
    pub actor: String,
    /// Time of shipment.
    pub created_at: Timestamp,
}

/// Tracking data of a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracking {
    /// Tracking number of the carrier.
    pub number: String,
    /// Tracking page of the carrier, an `http` or `https` URL.
    pub url: Option<String>,
}

/// Creates an event for the timeline of an order.
fn event(order_id: OrderId, kind: OrderEventKind, actor: &str, at: Timestamp) -> OrderEvent {
    OrderEvent { id: OrderEventId::new(), order_id, kind, actor: actor.to_owned(), at }
}

impl OrderLine {
    /// Units that are not fulfilled yet. Never negative: fulfilled units do not exceed the quantity.
    #[must_use]
    pub const fn outstanding(&self) -> u32 {
        self.quantity.get().saturating_sub(self.fulfilled.get())
    }
}

impl Order {
    /// The amounts that the ledger posts for the order.
    ///
    /// # Errors
    /// [`MoneyError`] if the amounts are inconsistent.
    pub fn amounts(&self) -> Result<PlacedAmounts, MoneyError> {
        Ok(PlacedAmounts {
            sales: self.total.net.minus(self.shipping.net)?,
            shipping: self.shipping.net,
            tax: self.total.tax(),
            total: self.total.gross,
        })
    }

    /// True if the token is the order's secret. The comparison takes constant time.
    #[must_use]
    pub fn is_opened_by(&self, token: &str) -> bool {
        let (own, given) = (self.token.as_bytes(), token.as_bytes());
        let differences = own.iter().zip(given).fold(0, |all, (a, b)| all | (a ^ b));
        !own.is_empty() && own.len() == given.len() && differences == 0
    }

    /// Checks that the order has the expected version; None accepts any version.
    ///
    /// # Errors
    /// [`OrderMoved`] if the version differs.
    pub const fn require_version(&self, expected: Option<i32>) -> Result<(), OrderMoved> {
        match expected {
            Some(expected) if expected != self.version => Err(OrderMoved { current: self.version }),
            _ => Ok(()),
        }
    }

    /// Increments the version.
    pub fn touch(&mut self, now: Timestamp) {
        self.version += 1;
        self.updated_at = now;
    }

    /// Completes the order if everything is paid and fulfilled.
    fn complete_if_done(&mut self, actor: &str, now: Timestamp) -> Option<OrderEvent> {
        let is_done = self.status == OrderStatus::Open
            && matches!(self.payment_status, PaymentProgress::Paid | PaymentProgress::PartiallyRefunded)
            && self.fulfillment_status.is_done();
        is_done.then(|| {
            self.status = OrderStatus::Completed;
            event(self.id, OrderEventKind::Completed, actor, now)
        })
    }
}
