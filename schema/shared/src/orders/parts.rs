//! Objects inside orders.

use async_graphql::{ID, SimpleObject};
use chrono::{DateTime, Utc};
use model::{orders, payments::TransferInstructions};

use crate::{Money, PickupPoint, TaxLine, TaxedMoney, to_id};

/// The tracking of a parcel.
#[derive(Debug, Clone, SimpleObject)]
pub struct Tracking {
    /// Tracking number of the carrier.
    pub number: String,
    /// Tracking page of the carrier; null if there is none.
    pub url: Option<String>,
}

impl From<orders::Tracking> for Tracking {
    fn from(tracking: orders::Tracking) -> Self {
        Self { number: tracking.number, url: tracking.url }
    }
}

/// Instructions for paying an order by bank transfer.
#[derive(Debug, Clone, SimpleObject)]
pub struct PaymentInstructions {
    /// Holder of the account.
    pub account_holder: String,
    /// International account number without blanks; null where none exists.
    pub iban: Option<String>,
    /// BIC (SWIFT code) of the bank; null if it is not needed.
    pub bic: Option<String>,
    /// National account number; null if the IBAN is used.
    pub account_number: Option<String>,
    /// National code of the bank, such as a routing number or sort code; null if it is not needed.
    pub routing_number: Option<String>,
    /// Name of the bank; null if it is not given.
    pub bank_name: Option<String>,
    /// Note of the shop; null if there is none.
    pub note: Option<String>,
    /// Text to state in the transfer, by which the shop recognizes it: the order number.
    pub reference: String,
    /// Amount still to be transferred.
    pub amount: Money,
    /// Amount that has arrived.
    pub received_amount: Money,
    /// Time until which the order waits for the transfer; null if it waits without limit.
    pub due_at: Option<DateTime<Utc>>,
}

impl From<TransferInstructions> for PaymentInstructions {
    fn from(instructions: TransferInstructions) -> Self {
        let TransferInstructions { account, reference, open, received, due_at } = instructions;
        Self {
            account_holder: account.account_holder,
            iban: account.iban.map(String::from),
            bic: account.bic,
            account_number: account.account_number,
            routing_number: account.routing_number,
            bank_name: account.bank_name,
            note: account.note,
            reference,
            amount: open.into(),
            received_amount: received.into(),
            due_at,
        }
    }
}

/// A delivery method selected for an order.
#[derive(Debug, Clone, SimpleObject)]
pub struct OrderDelivery {
    /// Handle of the delivery method, such as `standard`.
    pub handle: String,
    /// Title of the delivery method for shoppers.
    pub title: String,
    /// Price after discounts.
    pub price: TaxedMoney,
    /// Taxes in the price; empty if the buyer paid no tax.
    pub taxes: Vec<TaxLine>,
    /// True if the shopper picks up the goods.
    pub is_pickup: bool,
    /// Place where the shopper picks up the goods, as it was when the order was placed; null if they are delivered.
    pub pickup: Option<PickupPoint>,
}

impl From<&orders::OrderDelivery> for OrderDelivery {
    fn from(delivery: &orders::OrderDelivery) -> Self {
        Self {
            handle: delivery.handle.clone(),
            title: delivery.title.clone(),
            price: delivery.price.into(),
            taxes: delivery.taxes.iter().map(TaxLine::from).collect(),
            is_pickup: delivery.is_pickup,
            pickup: delivery.pickup.as_ref().map(PickupPoint::from),
        }
    }
}

/// A discount of an order, or the part of it that applies to one line.
#[derive(Debug, Clone, SimpleObject)]
pub struct OrderDiscount {
    /// Title of the promotion for shoppers.
    pub title: String,
    /// Discount code that activated it; null for an automatic promotion.
    pub code: Option<String>,
    /// Discounted amount, positive, in the channel's price mode (gross or net).
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

/// An attribute that the shopper entered for an order line.
#[derive(Debug, Clone, SimpleObject)]
pub struct OrderLineAttribute {
    /// Name of the attribute.
    pub key: String,
    /// Value of the attribute.
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
