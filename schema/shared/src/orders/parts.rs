//! Objects inside of orders.

use async_graphql::{ID, SimpleObject};
use model::orders;

use crate::{Money, TaxedMoney, to_id};

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

/// Units of an order line in a fulfillment.
#[derive(SimpleObject)]
pub struct FulfillmentLine {
    /// Global id of the order line.
    order_line_id: ID,
    /// Number of fulfilled units.
    quantity: u32,
}

impl From<&orders::FulfillItem> for FulfillmentLine {
    fn from(item: &orders::FulfillItem) -> Self {
        Self { order_line_id: to_id(item.line_id), quantity: item.quantity.get() }
    }
}
