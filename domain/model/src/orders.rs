//! Orders: what was sold at which price, and how far money and goods have come. Placement, payment and fulfilment are
//! three axes; prices, names and addresses are those of the moment of sale.

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
mod filter;
mod fulfill;
mod payment;
mod place;
mod prices;
mod status;
#[cfg(test)]
mod tests;

pub use cancel::{CancelReason, CancelRefused, cancellation};
pub use events::{OrderEvent, OrderEventKind};
pub use filter::OrderFilter;
pub use fulfill::{FulfillItem, FulfillRefused, Shipment};
pub use payment::PaymentOutcome;
pub use place::{PlaceError, PlacedOrder, Settlement, place, require_no_problem};
pub use prices::prices_of_cart;
pub use status::{FulfillmentState, FulfillmentStatus, OrderStatus, PaymentProgress};

/// A sale.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Identifier.
    pub id: OrderId,
    /// What people call it; counts up, with gaps. Given when it is written, zero before.
    pub number: i64,
    /// The cart it was; a cart becomes one order.
    pub cart_id: CartId,
    /// The secret that opens it to a guest, 128 random bits as text.
    pub token: String,
    /// Counts the writes, from 1.
    pub version: i32,
    /// The place of sale.
    pub channel: ChannelId,
    /// The currency of every amount.
    pub currency: Currency,
    /// The language it was bought in.
    pub locale: Locale,
    /// The account that bought it.
    pub customer: Option<CustomerId>,
    /// Where messages go.
    pub email: String,
    /// Telephone.
    pub phone: Option<String>,
    /// Where it goes; none when nothing is delivered.
    pub shipping_address: Option<Address>,
    /// Who is billed.
    pub billing_address: Option<Address>,
    /// A word of the shopper.
    pub note: Option<String>,
    /// The lines before discounts.
    pub subtotal: TaxedMoney,
    /// All reductions of lines, in the channel's price mode (gross or net); those of delivery are in `promotions`.
    pub discount_total: Money,
    /// Delivery after discounts.
    pub shipping: TaxedMoney,
    /// What is to be paid.
    pub total: TaxedMoney,
    /// How it is delivered.
    pub deliveries: Vec<OrderDelivery>,
    /// Promotions that reduced something.
    pub promotions: Vec<AppliedPromotion>,
    /// Whether it is a deal.
    pub status: OrderStatus,
    /// How far the money has come.
    pub payment_status: PaymentProgress,
    /// How far the goods have come.
    pub fulfillment_status: FulfillmentStatus,
    /// Why it was cancelled.
    pub cancel_reason: Option<CancelReason>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Until when an undecided payment is waited for.
    pub expires_at: Option<Timestamp>,
}

/// The order has changed since the caller saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the order has changed: its version is {current}")]
pub struct OrderMoved {
    /// The version it has now.
    pub current: i32,
}

/// A way of delivery that was bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDelivery {
    /// What systems call it.
    pub handle: String,
    /// What shoppers read.
    pub title: String,
    /// What it cost after discounts.
    pub price: TaxedMoney,
    /// Days until it was to arrive, fewest and most.
    #[serde(default)]
    pub estimated_days: (u16, u16),
    /// Whether the shopper fetches the goods.
    pub is_pickup: bool,
}

/// A variant and how many of it, as sold.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderLine {
    /// Identifier.
    pub id: OrderLineId,
    /// The order.
    pub order_id: OrderId,
    /// Its place in the order, from 0.
    pub position: i32,
    /// What was bought.
    pub variant_id: VariantId,
    /// The product it belonged to.
    pub product_id: ProductId,
    /// Stock keeping unit.
    pub sku: String,
    /// Name of product and variant in the order's language.
    pub name: String,
    /// How many.
    pub quantity: Quantity,
    /// How many were sent.
    pub fulfilled: Quantity,
    /// One unit before discounts.
    pub unit_price: TaxedMoney,
    /// All units before discounts.
    pub subtotal: TaxedMoney,
    /// All units after discounts.
    pub total: TaxedMoney,
    /// The reductions in it.
    pub discounts: Vec<DiscountAllocation>,
    /// The class that decided the tax rate.
    pub tax_class: String,
    /// The tax rate.
    pub tax_rate: TaxRate,
    /// Whether there is something to deliver.
    pub requires_shipping: bool,
    /// What the shopper asked for, such as an engraving.
    pub attributes: BTreeMap<String, String>,
    /// What the whole line takes from stock: variants and units.
    pub stock_needs: Vec<(VariantId, i64)>,
}

/// Goods of an order that left together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fulfillment {
    /// Identifier.
    pub id: FulfillmentId,
    /// The order.
    pub order_id: OrderId,
    /// Where the goods are.
    pub state: FulfillmentState,
    /// How to follow the parcel.
    pub tracking: Option<Tracking>,
    /// What is in it.
    pub lines: Vec<FulfillItem>,
    /// Whoever sent it.
    pub actor: String,
    /// When it left.
    pub created_at: Timestamp,
}

/// How to follow a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracking {
    /// What the carrier calls it.
    pub number: String,
    /// Where the carrier shows it, an `http` or `https` address.
    pub url: Option<String>,
}

/// What an order's timeline keeps of an event before it has an id.
fn event(order_id: OrderId, kind: OrderEventKind, actor: &str, at: Timestamp) -> OrderEvent {
    OrderEvent { id: OrderEventId::new(), order_id, kind, actor: actor.to_owned(), at }
}

impl OrderLine {
    /// How many are still to be sent.
    #[must_use]
    pub const fn outstanding(&self) -> u32 {
        self.quantity.get().saturating_sub(self.fulfilled.get())
    }
}

impl Order {
    /// What the order is made of in the ledger.
    ///
    /// # Errors
    /// [`MoneyError`] when the amounts contradict each other.
    pub fn amounts(&self) -> Result<PlacedAmounts, MoneyError> {
        Ok(PlacedAmounts {
            sales: self.total.net.minus(self.shipping.net)?,
            shipping: self.shipping.net,
            tax: self.total.tax(),
            total: self.total.gross,
        })
    }

    /// Whether the secret opens it; takes as long for a wrong one as for the right one.
    #[must_use]
    pub fn is_opened_by(&self, token: &str) -> bool {
        let (own, given) = (self.token.as_bytes(), token.as_bytes());
        let differences = own.iter().zip(given).fold(0, |all, (a, b)| all | (a ^ b));
        !own.is_empty() && own.len() == given.len() && differences == 0
    }

    /// Passes when the order is as the caller last saw it.
    ///
    /// # Errors
    /// [`OrderMoved`] when it has changed since.
    pub const fn require_version(&self, expected: Option<i32>) -> Result<(), OrderMoved> {
        match expected {
            Some(expected) if expected != self.version => Err(OrderMoved { current: self.version }),
            _ => Ok(()),
        }
    }

    /// Counts a write.
    pub fn touch(&mut self, now: Timestamp) {
        self.version += 1;
        self.updated_at = now;
    }

    /// Becomes complete once everything is paid and sent.
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
