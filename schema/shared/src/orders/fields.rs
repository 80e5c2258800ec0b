//! Fields that the orders, order lines and fulfillments of both APIs have in common.

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};
use model::{orders, tax::TaxTreatment};

use super::{FulfillmentLine, OrderDelivery, OrderDiscount, OrderLineAttribute, Tracking};
use crate::{Address, CurrencyCode, Decimal, Money, TaxLine, TaxedMoney, to_id};

/// Fields of an order in both APIs.
pub struct OrderFields<'a>(pub &'a orders::Order);

/// Fields of an order in both APIs.
#[Object]
impl OrderFields<'_> {
    /// Order number for people, unique in the shop.
    fn number(&self) -> String {
        self.0.number.to_string()
    }

    /// Version of the order: starts at 1 and increases with each change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// State of the order.
    fn status(&self) -> orders::OrderStatus {
        self.0.status
    }

    /// Payment state of the order.
    fn payment_status(&self) -> orders::PaymentProgress {
        self.0.payment_status
    }

    /// Fulfillment state of the order.
    fn fulfillment_status(&self) -> orders::FulfillmentStatus {
        self.0.fulfillment_status
    }

    /// Time at which the order was placed.
    fn placed_at(&self) -> DateTime<Utc> {
        self.0.placed_at
    }

    /// Time until which a pending payment is awaited; null if no payment is awaited.
    fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }

    /// Email address for messages about the order; `removed@erased.invalid` if the contact data was removed.
    fn email(&self) -> &str {
        &self.0.email
    }

    /// Note from the shopper; null if there is none.
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Currency of all amounts of the order.
    fn currency_code(&self) -> CurrencyCode {
        CurrencyCode(self.0.currency)
    }

    /// Sum of the lines before discounts.
    fn subtotal(&self) -> TaxedMoney {
        TaxedMoney(self.0.subtotal)
    }

    /// Total line discounts, in the channel's price mode (gross or net): `subtotal` minus `discountTotal` plus
    /// `shipping` equals `total`. Delivery discounts appear in `discounts` only.
    fn discount_total(&self) -> Money {
        Money(self.0.discount_total)
    }

    /// Delivery cost after discounts.
    fn shipping(&self) -> TaxedMoney {
        TaxedMoney(self.0.shipping)
    }

    /// Total of lines and delivery after discounts.
    fn total(&self) -> TaxedMoney {
        TaxedMoney(self.0.total)
    }

    /// VAT identification number of the buyer, such as `DE136695976`; null if none was given.
    fn vat_id(&self) -> Option<&str> {
        self.0.vat_id.as_ref().map(|vat_id| vat_id.number.as_str())
    }

    /// True if the buyer is a business in another member state of the European Union and owes the tax itself (reverse
    /// charge). The invoice must say so and contain both VAT identification numbers.
    fn is_reverse_charge(&self) -> bool {
        self.0.is_reverse_charge()
    }

    /// True if the customer was exempt from taxes.
    fn is_tax_exempt(&self) -> bool {
        self.0.tax_treatment == TaxTreatment::Exempt
    }

    /// Promotions that reduced the order.
    fn discounts(&self) -> Vec<OrderDiscount> {
        self.0.promotions.iter().map(OrderDiscount::from).collect()
    }

    /// Selected delivery methods; empty if nothing is delivered.
    fn deliveries(&self) -> Vec<OrderDelivery> {
        self.0.deliveries.iter().map(OrderDelivery::from).collect()
    }

    /// Address that the order is delivered to; null if nothing is delivered.
    fn shipping_address(&self) -> Option<Address<'_>> {
        self.0.shipping_address.as_ref().map(Address)
    }

    /// Address for the invoice; null if none was given.
    fn billing_address(&self) -> Option<Address<'_>> {
        self.0.billing_address.as_ref().map(Address)
    }
}

/// Fields of an order line in both APIs.
pub struct OrderLineFields<'a>(pub &'a orders::OrderLine);

/// Fields of an order line in both APIs.
#[Object]
impl OrderLineFields<'_> {
    /// Global id of the order line.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Global id of the variant, which may have been deleted since.
    fn variant_id(&self) -> ID {
        to_id(self.0.sold.variant_id)
    }

    /// Name of the product and variant at the time of the order, in the order's language.
    fn name(&self) -> &str {
        &self.0.sold.name
    }

    /// SKU at the time of the order.
    fn sku(&self) -> &str {
        &self.0.sold.sku
    }

    /// Number of units sold.
    fn quantity(&self) -> u32 {
        self.0.sold.quantity.get()
    }

    /// Number of units fulfilled so far.
    fn fulfilled_quantity(&self) -> u32 {
        self.0.fulfilled.get()
    }

    /// True if the variant is delivered; false for downloads.
    fn requires_shipping(&self) -> bool {
        self.0.sold.requires_shipping
    }

    /// True if a promotion added the line as a free gift.
    fn is_gift(&self) -> bool {
        self.0.sold.is_gift
    }

    /// Attributes that the shopper entered for the line, such as an engraving, ordered by key.
    fn attributes(&self) -> Vec<OrderLineAttribute> {
        let attributes = self.0.attributes.iter();
        attributes.map(|(key, value)| OrderLineAttribute { key: key.clone(), value: value.clone() }).collect()
    }

    /// Price of one unit before discounts.
    fn unit_price(&self) -> TaxedMoney {
        TaxedMoney(self.0.sold.unit_price)
    }

    /// Price of all units after discounts.
    fn total(&self) -> TaxedMoney {
        TaxedMoney(self.0.sold.total)
    }

    /// Tax rate as a percentage, such as `"19"` or `"7.25"`; zero if the buyer paid no tax.
    fn tax_percent(&self) -> Decimal {
        self.0.sold.tax_rate.into()
    }

    /// Taxes in the total: one for each component of the rate, or one for the whole rate; empty if the buyer paid no tax.
    fn taxes(&self) -> Vec<TaxLine> {
        self.0.sold.taxes.iter().map(TaxLine::from).collect()
    }

    /// Discounts of the line.
    fn discount_allocations(&self) -> Vec<OrderDiscount> {
        self.0.sold.discounts.iter().map(OrderDiscount::from).collect()
    }
}

/// Fields of a fulfillment in both APIs.
pub struct FulfillmentFields<'a>(pub &'a orders::Fulfillment);

/// Fields of a fulfillment in both APIs.
#[Object]
impl FulfillmentFields<'_> {
    /// State of the fulfillment.
    fn status(&self) -> orders::FulfillmentState {
        self.0.state
    }

    /// Carrier of the parcels; null if it is not given.
    fn carrier(&self) -> Option<&str> {
        self.0.carrier.as_deref()
    }

    /// Tracking of the first parcel; null if there is none.
    fn tracking(&self) -> Option<Tracking> {
        self.0.trackings.first().cloned().map(Tracking::from)
    }

    /// Tracking of all parcels.
    fn trackings(&self) -> Vec<Tracking> {
        self.0.trackings.iter().cloned().map(Tracking::from).collect()
    }

    /// Time at which the fulfillment was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Time of the last change of its status, carrier or tracking.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Time at which the fulfillment was marked as delivered; null before.
    fn delivered_at(&self) -> Option<DateTime<Utc>> {
        self.0.delivered_at
    }

    /// Fulfilled units by order line.
    fn lines(&self) -> Vec<FulfillmentLine> {
        self.0.lines.iter().map(FulfillmentLine::from).collect()
    }
}
