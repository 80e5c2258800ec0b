//! Fields that the orders, order lines and fulfillments of both APIs have in common.

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};
use model::orders;

use super::{FulfillmentLine, OrderDelivery, OrderDiscount, OrderLineAttribute, Tracking};
use crate::{Address, CurrencyCode, Money, TaxedMoney, to_id};

/// Fields of an order in both APIs.
pub struct OrderFields<'a>(pub &'a orders::Order);

/// Fields of an order in both APIs.
#[Object]
impl OrderFields<'_> {
    /// What people call it; unique in the shop.
    fn number(&self) -> String {
        self.0.number.to_string()
    }

    /// Counts the changes, from 1.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// Whether it is a deal.
    fn status(&self) -> orders::OrderStatus {
        self.0.status
    }

    /// How far the money has come.
    fn payment_status(&self) -> orders::PaymentProgress {
        self.0.payment_status
    }

    /// How far the goods have come.
    fn fulfillment_status(&self) -> orders::FulfillmentStatus {
        self.0.fulfillment_status
    }

    /// When it was placed.
    fn placed_at(&self) -> DateTime<Utc> {
        self.0.placed_at
    }

    /// Until when a payment that is not decided is waited for; null when none is waited for.
    fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }

    /// Where messages about it go.
    fn email(&self) -> &str {
        &self.0.email
    }

    /// A word of the shopper to the merchant.
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The currency of every amount.
    fn currency_code(&self) -> CurrencyCode {
        CurrencyCode(self.0.currency)
    }

    /// The lines before discounts.
    fn subtotal(&self) -> TaxedMoney {
        TaxedMoney(self.0.subtotal)
    }

    /// All reductions of lines, with tax where the channel's prices include it and without where not: `subtotal` less
    /// this plus `shipping` is `total`. What delivery is reduced by is in `discounts` alone.
    fn discount_total(&self) -> Money {
        Money(self.0.discount_total)
    }

    /// Delivery after discounts.
    fn shipping(&self) -> TaxedMoney {
        TaxedMoney(self.0.shipping)
    }

    /// What is to be paid: lines and delivery after discounts.
    fn total(&self) -> TaxedMoney {
        TaxedMoney(self.0.total)
    }

    /// Discounts that reduced something.
    fn discounts(&self) -> Vec<OrderDiscount> {
        self.0.promotions.iter().map(OrderDiscount::from).collect()
    }

    /// How it is delivered; empty when nothing is.
    fn deliveries(&self) -> Vec<OrderDelivery> {
        self.0.deliveries.iter().map(OrderDelivery::from).collect()
    }

    /// Where it goes; null when nothing is delivered.
    fn shipping_address(&self) -> Option<Address<'_>> {
        self.0.shipping_address.as_ref().map(Address)
    }

    /// Who is billed.
    fn billing_address(&self) -> Option<Address<'_>> {
        self.0.billing_address.as_ref().map(Address)
    }
}

/// Fields of an order line in both APIs.
pub struct OrderLineFields<'a>(pub &'a orders::OrderLine);

/// Fields of an order line in both APIs.
#[Object]
impl OrderLineFields<'_> {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Global id of the variant that was bought; it may no longer exist.
    fn variant_id(&self) -> ID {
        to_id(self.0.variant_id)
    }

    /// Name of product and variant when it was sold, in the order's language.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Stock keeping unit when it was sold.
    fn sku(&self) -> &str {
        &self.0.sku
    }

    /// How many units.
    fn quantity(&self) -> u32 {
        self.0.quantity.get()
    }

    /// How many units were sent.
    fn fulfilled_quantity(&self) -> u32 {
        self.0.fulfilled.get()
    }

    /// Whether there is something to deliver.
    fn requires_shipping(&self) -> bool {
        self.0.requires_shipping
    }

    /// What the shopper asked for, such as an engraving, by name.
    fn attributes(&self) -> Vec<OrderLineAttribute> {
        let attributes = self.0.attributes.iter();
        attributes.map(|(key, value)| OrderLineAttribute { key: key.clone(), value: value.clone() }).collect()
    }

    /// One unit before discounts.
    fn unit_price(&self) -> TaxedMoney {
        TaxedMoney(self.0.unit_price)
    }

    /// All units after discounts.
    fn total(&self) -> TaxedMoney {
        TaxedMoney(self.0.total)
    }

    /// The parts of discounts that fell on this line.
    fn discount_allocations(&self) -> Vec<OrderDiscount> {
        self.0.discounts.iter().map(OrderDiscount::from).collect()
    }
}

/// Fields of a fulfillment in both APIs.
pub struct FulfillmentFields<'a>(pub &'a orders::Fulfillment);

/// Fields of a fulfillment in both APIs.
#[Object]
impl FulfillmentFields<'_> {
    /// Where the goods are.
    fn status(&self) -> orders::FulfillmentState {
        self.0.state
    }

    /// How to follow the parcel; null when it cannot be followed.
    fn tracking(&self) -> Option<Tracking> {
        self.0.tracking.clone().map(Tracking::from)
    }

    /// When they left.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// What is in it.
    fn lines(&self) -> Vec<FulfillmentLine> {
        self.0.lines.iter().map(FulfillmentLine::from).collect()
    }
}
