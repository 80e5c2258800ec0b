//! An order with its lines, fulfilments and timeline.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use model::{ids::OrderEventId, orders};
use schema_shared::{
    Address, Connection, CurrencyCode, FulfillmentStatus, Money, OrderDelivery, OrderDiscount, OrderEventKind,
    OrderFulfillmentStatus, OrderLineAttribute, OrderPaymentStatus, OrderStatus, RequestExt, TaxedMoney, Tracking,
    nullable, page, to_id,
};

use crate::{identity::Customer, payments::Payment};

/// A sale.
pub struct Order(pub orders::Order);

/// A sale: what was bought, at the prices and under the names of that moment.
#[Object]
impl Order {
    /// Global id.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// What people call it; unique in the shop.
    fn number(&self) -> String {
        self.0.number.to_string()
    }

    /// Counts the changes, from 1.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// Whether it is a deal.
    fn status(&self) -> OrderStatus {
        self.0.status.into()
    }

    /// How far the money has come.
    fn payment_status(&self) -> OrderPaymentStatus {
        self.0.payment_status.into()
    }

    /// How far the goods have come.
    fn fulfillment_status(&self) -> OrderFulfillmentStatus {
        self.0.fulfillment_status.into()
    }

    /// Why it was called off; null when it was not.
    fn cancel_reason(&self) -> Option<OrderCancelReason> {
        self.0.cancel_reason.map(OrderCancelReason::from)
    }

    /// When it was placed.
    fn placed_at(&self) -> DateTime<Utc> {
        self.0.placed_at
    }

    /// When its status, payment or fulfilment last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Until when a payment that is not decided is waited for; null when none is waited for.
    fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }

    /// How it is paid, oldest payment first. Needs `PAYMENTS_READ` or `ORDERS_READ`.
    async fn payments(&self, ctx: &Context<'_>) -> Result<Vec<Payment>> {
        let payments = ctx.request()?.loaders().payments_of_order().load(self.0.id).await?;
        Ok(payments.unwrap_or_default().into_iter().map(Payment).collect())
    }

    /// The account that bought it; null for a guest, and for those who may not see customers. Needs `CUSTOMERS_READ`.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        nullable(async {
            let Some(id) = self.0.customer else { return Ok(None) };
            Ok(ctx.request()?.loaders().customers().load(id).await?.map(Customer))
        })
        .await
    }

    /// Where messages about it go.
    fn email(&self) -> &str {
        &self.0.email
    }

    /// Telephone of the buyer.
    fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// A word of the shopper to the merchant.
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The language it was bought in, a BCP 47 tag.
    fn locale(&self) -> &str {
        self.0.locale.as_str()
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
    fn shipping_address(&self) -> Option<Address> {
        self.0.shipping_address.clone().map(Address)
    }

    /// Who is billed.
    fn billing_address(&self) -> Option<Address> {
        self.0.billing_address.clone().map(Address)
    }

    /// What was bought, in the order of the cart; as many as a cart can have.
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<OrderLine>> {
        let lines = ctx.request()?.loaders().order_lines().load(self.0.id).await?.unwrap_or_default();
        Ok(lines.into_iter().map(OrderLine).collect())
    }

    /// What was sent so far, oldest first.
    async fn fulfillments(&self, ctx: &Context<'_>) -> Result<Vec<Fulfillment>> {
        let all = ctx.request()?.loaders().order_fulfillments().load(self.0.id).await?.unwrap_or_default();
        Ok(all.into_iter().map(Fulfillment).collect())
    }

    /// What happened to it, oldest first.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 unless said otherwise.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<OrderEvent>> {
        let page = page::<OrderEventId>(first, after, last, before)?;
        let all = ctx.request()?.loaders().order_events().load(self.0.id).await?.unwrap_or_default();
        let entry = |event: orders::OrderEvent| (event.id, OrderEvent::from(event));
        Ok(Connection::of_list(&page, all.into_iter().map(entry).collect())?)
    }
}

/// Why an order is called off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "orders::CancelReason")]
pub enum OrderCancelReason {
    /// The shopper wants it no more.
    Customer,
    /// The goods are not there.
    Inventory,
    /// It looks like fraud.
    Fraud,
    /// The money did not come.
    Payment,
    /// Staff made a mistake.
    Staff,
    /// Anything else.
    Other,
}

/// A variant and how many of it, as sold.
pub struct OrderLine(orders::OrderLine);

/// A variant and how many of it, as sold.
#[Object]
impl OrderLine {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Global id of the variant that was bought; it may no longer exist.
    fn variant_id(&self) -> ID {
        to_id(self.0.variant_id)
    }

    /// Global id of the product that was bought; it may no longer exist.
    fn product_id(&self) -> ID {
        to_id(self.0.product_id)
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

    /// The class that decided the tax rate.
    fn tax_class(&self) -> &str {
        &self.0.tax_class
    }

    /// The tax rate in basis points: 1900 is 19 %.
    fn tax_basis_points(&self) -> i64 {
        self.0.tax_rate.0
    }

    /// The parts of discounts that fell on this line.
    fn discount_allocations(&self) -> Vec<OrderDiscount> {
        self.0.discounts.iter().map(OrderDiscount::from).collect()
    }
}

/// Goods of an order that left together.
pub struct Fulfillment(pub(super) orders::Fulfillment);

/// Goods of an order that left together.
#[Object]
impl Fulfillment {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Where the goods are.
    fn status(&self) -> FulfillmentStatus {
        self.0.state.into()
    }

    /// How to follow the parcel; null when it cannot be followed.
    fn tracking(&self) -> Option<Tracking> {
        self.0.tracking.clone().map(Tracking::from)
    }

    /// Whoever sent it: a global id, or `system`.
    fn actor(&self) -> &str {
        &self.0.actor
    }

    /// When they left.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// What is in it.
    fn lines(&self) -> Vec<FulfillmentLine> {
        let line = |item: &orders::FulfillItem| FulfillmentLine {
            order_line_id: to_id(item.line_id),
            quantity: item.quantity.get(),
        };
        self.0.lines.iter().map(line).collect()
    }
}

/// Units of an order's line that were sent.
#[derive(SimpleObject)]
pub struct FulfillmentLine {
    /// Global id of the order's line.
    order_line_id: ID,
    /// How many units.
    quantity: u32,
}

/// Something that happened to an order.
#[derive(SimpleObject)]
pub struct OrderEvent {
    /// Global id.
    id: ID,
    /// What happened.
    kind: OrderEventKind,
    /// When.
    at: DateTime<Utc>,
    /// Whoever did it: a global id, `anonymous` for guests, or `system`.
    actor: String,
}

impl From<orders::OrderEvent> for OrderEvent {
    fn from(event: orders::OrderEvent) -> Self {
        Self { id: to_id(event.id), kind: event.kind.into(), at: event.at, actor: event.actor }
    }
}
