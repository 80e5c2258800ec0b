//! The parts of orders that both APIs show.

use async_graphql::{Enum, SimpleObject};
use model::orders;

use crate::{Money, TaxedMoney};

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

/// How to follow a parcel.
#[derive(Debug, Clone, SimpleObject)]
pub struct Tracking {
    /// What the carrier calls it.
    pub number: String,
    /// Where the carrier shows it.
    pub url: Option<String>,
}

impl From<orders::Tracking> for Tracking {
    fn from(tracking: orders::Tracking) -> Self {
        Self { number: tracking.number, url: tracking.url }
    }
}

/// A way of delivery that was bought with an order.
#[derive(Debug, Clone, SimpleObject)]
pub struct OrderDelivery {
    /// What systems call it, such as `standard`.
    pub handle: String,
    /// What shoppers read.
    pub title: String,
    /// What it cost after discounts.
    pub price: TaxedMoney,
    /// Whether the shopper fetches the goods.
    pub is_pickup: bool,
}

impl From<&orders::OrderDelivery> for OrderDelivery {
    fn from(delivery: &orders::OrderDelivery) -> Self {
        Self {
            handle: delivery.handle.clone(),
            title: delivery.title.clone(),
            price: delivery.price.into(),
            is_pickup: delivery.is_pickup,
        }
    }
}

/// A discount of an order, or the part of one that falls on a line.
#[derive(Debug, Clone, SimpleObject)]
pub struct OrderDiscount {
    /// What shoppers read.
    pub title: String,
    /// The code that let it in; null for automatic discounts.
    pub code: Option<String>,
    /// What it took off, positive; with tax where the channel's prices include it and without where not.
    pub amount: Money,
}

impl From<&model::pricing::AppliedPromotion> for OrderDiscount {
    fn from(whole: &model::pricing::AppliedPromotion) -> Self {
        Self { title: whole.title.clone(), code: whole.code.clone(), amount: whole.amount.into() }
    }
}

impl From<&model::pricing::DiscountAllocation> for OrderDiscount {
    fn from(part: &model::pricing::DiscountAllocation) -> Self {
        Self { title: part.title.clone(), code: part.code.clone(), amount: part.amount.into() }
    }
}

/// Something the shopper asked for with a line of an order.
#[derive(Debug, Clone, SimpleObject)]
pub struct OrderLineAttribute {
    /// Name.
    pub key: String,
    /// Value.
    pub value: String,
}
