//! Orders: what was sold at which price, and the states of payment and fulfillment. Order, payment and fulfillment
//! status are independent; prices, names and addresses are those at the time of sale.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Address, CheckedVatId, Currency, Locale, Money, MoneyError, Quantity, TaxedMoney, Timestamp,
    catalog::Metafield,
    ids::{CartId, ChannelId, CustomerId, OrderId, OrderLineId},
    ledger::PlacedAmounts,
    pricing::{AppliedPromotion, PickupPoint, PricedLine},
    tax::{self, TaxLine, TaxTreatment},
};

mod cancel;
mod events;
mod filter;
mod fulfill;
mod fulfillment;
mod note;
mod number;
mod payment;
mod place;
mod prices;
mod status;
#[cfg(test)]
mod tests;
mod tracking;
mod unpaid;
mod update;

pub use cancel::{CancelReason, CancelRefused, cancellation};
pub use events::{EventDetails, OrderEvent, OrderEventKind};
pub use filter::{OrderCursor, OrderFilter, OrderPosition, OrderSort, OrderSortKey, ten_thousandths, total_bound};
pub use fulfill::{FulfillItem, FulfillRefused, Shipment};
pub use fulfillment::{Fulfillment, FulfillmentRefused};
pub use note::{InvalidNote, OrderNote};
pub use number::OrderNumber;
pub use payment::PaymentOutcome;
pub use place::{PaymentHolds, PlaceError, PlacedOrder, Settlement, place, require_no_problem};
pub use prices::prices_of_cart;
pub use status::{FulfillmentState, FulfillmentStatus, OrderStatus, PaymentProgress};
pub use tracking::{InvalidTracking, Tracking};
pub use unpaid::{TooManyUnpaid, TransferLimits, TransferSubjects, UnpaidTransfers};
pub use update::{OrderPatch, OrderView, UpdateRefused};

/// The e-mail address of an order whose contact data was removed. Nothing is sent to it: the domain can never exist.
pub const REMOVED_EMAIL: &str = "removed@erased.invalid";

/// An order placed in a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Identifier.
    pub id: OrderId,
    /// The number for people; ascending with gaps.
    pub number: OrderNumber,
    /// The cart that became this order; a cart becomes at most one.
    pub cart_id: CartId,
    /// The secret with which a guest reads the order, 128 random bits as text.
    pub token: String,
    /// Version; counts the writes from 1.
    pub version: i32,
    /// The channel of the sale.
    pub channel: ChannelId,
    /// The currency of every amount.
    pub currency: Currency,
    /// The language of the sale.
    pub locale: Locale,
    /// The customer; none for a guest.
    pub customer: Option<CustomerId>,
    /// The shopper's e-mail address, or [`REMOVED_EMAIL`].
    pub email: String,
    /// The shopper's phone number.
    pub phone: Option<String>,
    /// The delivery address; none if nothing is delivered.
    pub shipping_address: Option<Address>,
    /// The address for the invoice.
    pub billing_address: Option<Address>,
    /// A note from the shopper.
    pub note: Option<String>,
    /// Total of the lines before discounts.
    pub subtotal: TaxedMoney,
    /// Total discounts of lines, in the channel's price mode (gross or net); those of delivery are in `promotions`.
    pub discount_total: Money,
    /// Delivery after discounts.
    pub shipping: TaxedMoney,
    /// The order total.
    pub total: TaxedMoney,
    /// The tax treatment of the sale.
    pub tax_treatment: TaxTreatment,
    /// The VAT identification number of the buyer.
    pub vat_id: Option<CheckedVatId>,
    /// The delivery options that were bought.
    pub deliveries: Vec<OrderDelivery>,
    /// The promotions that applied.
    pub promotions: Vec<AppliedPromotion>,
    /// Tags by which staff find orders.
    pub tags: Vec<String>,
    /// Custom data of integrations.
    pub metafields: Vec<Metafield>,
    /// The status of the order.
    pub status: OrderStatus,
    /// The status of its payment.
    pub payment_status: PaymentProgress,
    /// The status of its fulfillment.
    pub fulfillment_status: FulfillmentStatus,
    /// The reason of a cancellation.
    pub cancel_reason: Option<CancelReason>,
    /// Time of placement.
    pub placed_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
    /// Time at which the order expires if its payment is not decided; none if it does not wait for one.
    pub expires_at: Option<Timestamp>,
}

/// The order has changed since the caller saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the order has changed: its version is {current}")]
pub struct OrderChanged {
    /// Its current version.
    pub current: i32,
}

/// A delivery option that was bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDelivery {
    /// The handle of the option.
    pub handle: String,
    /// The title for shoppers.
    pub title: String,
    /// The price after discounts.
    pub price: TaxedMoney,
    /// The taxes in the price.
    #[serde(default)]
    pub taxes: Vec<TaxLine>,
    /// Estimated days until delivery: minimum and maximum.
    #[serde(default)]
    pub estimated_days: (u16, u16),
    /// True if the shopper picks up the goods.
    pub is_pickup: bool,
    /// The place where the shopper picks up the goods; none if they are delivered.
    #[serde(default)]
    pub pickup: Option<PickupPoint>,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderLine {
    /// Identifier.
    pub id: OrderLineId,
    /// The order.
    pub order_id: OrderId,
    /// Position in the order, from 0.
    pub position: i32,
    /// The number of units that were fulfilled.
    pub fulfilled: Quantity,
    /// Attributes that the shopper entered, such as an engraving.
    pub attributes: BTreeMap<String, String>,
    /// The line of the cart as it was priced at the time of sale.
    pub sold: PricedLine,
}

/// A new event of an order's timeline.
fn event(order_id: OrderId, kind: OrderEventKind, actor: &str, at: Timestamp) -> OrderEvent {
    OrderEvent::new(order_id, kind, actor, at)
}

impl OrderLine {
    /// The number of units that are not fulfilled yet.
    #[must_use]
    pub const fn outstanding(&self) -> u32 {
        self.sold.quantity.get().saturating_sub(self.fulfilled.get())
    }
}

impl Order {
    /// The parts of the total for the ledger.
    ///
    /// # Errors
    /// [`MoneyError`] if the amounts contradict each other.
    pub fn amounts(&self) -> Result<PlacedAmounts, MoneyError> {
        Ok(PlacedAmounts {
            sales: self.total.net.minus(self.shipping.net)?,
            shipping: self.shipping.net,
            tax: self.total.tax(),
            total: self.total.gross,
        })
    }

    /// True if the buyer is a business in another member state of the European Union and owes the tax itself. The invoice
    /// then names the VAT identification number of the buyer.
    #[must_use]
    pub const fn is_reverse_charge(&self) -> bool {
        matches!(self.tax_treatment, TaxTreatment::ReverseCharge)
    }

    /// The taxes of these lines and of the deliveries, added up by name and rate; together they are the tax of the total.
    ///
    /// # Errors
    /// [`MoneyError`] if a sum exceeds 64 bits.
    pub fn taxes(&self, lines: &[OrderLine]) -> Result<Vec<TaxLine>, MoneyError> {
        let of_lines = lines.iter().flat_map(|line| &line.sold.taxes);
        tax::summary(of_lines.chain(self.deliveries.iter().flat_map(|delivery| &delivery.taxes)))
    }

    /// True if the token is the order's. Compares in constant time.
    #[must_use]
    pub fn is_opened_by(&self, token: &str) -> bool {
        let (own, given) = (self.token.as_bytes(), token.as_bytes());
        let differences = own.iter().zip(given).fold(0, |all, (a, b)| all | (a ^ b));
        !own.is_empty() && own.len() == given.len() && differences == 0
    }

    /// Passes if the order has the version that the caller last saw.
    ///
    /// # Errors
    /// [`OrderChanged`] if it has changed since.
    pub const fn require_version(&self, expected: Option<i32>) -> Result<(), OrderChanged> {
        match expected {
            Some(expected) if expected != self.version => Err(OrderChanged { current: self.version }),
            _ => Ok(()),
        }
    }

    /// Counts a write of the order.
    pub fn touch(&mut self, now: Timestamp) {
        self.version += 1;
        self.updated_at = now;
    }

    /// Completes the order once everything is paid and fulfilled.
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
