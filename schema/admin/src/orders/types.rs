//! An order with its lines, fulfillments and timeline.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use model::{ids::OrderEventId, orders};
use schema_shared::{
    Connection, ConnectionArgs, FulfillmentFields, OrderFields, OrderLineFields, RequestExt, TaxLine,
    connection_fields, nullable, order_taxes, to_id,
};

use crate::{identity::Customer, payments::Payment};

/// An order placed in a channel.
pub struct Order(pub orders::Order);

/// An order placed in a channel, with prices and names as of that time.
#[connection_fields]
#[Object]
impl Order {
    /// Global id of the order.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// The fields that both APIs share.
    #[graphql(flatten)]
    fn fields(&self) -> OrderFields<'_> {
        OrderFields(&self.0)
    }

    /// Reason for the cancellation; null if the order is not canceled.
    fn cancel_reason(&self) -> Option<orders::CancelReason> {
        self.0.cancel_reason
    }

    /// Time of the last change of its status, payment or fulfillment.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Payments of the order, oldest first. Needs `PAYMENTS_READ` or `ORDERS_READ`.
    async fn payments(&self, ctx: &Context<'_>) -> Result<Vec<Payment>> {
        let payments = ctx.request()?.loaders().payments_of_order().load(self.0.id).await?;
        Ok(payments.unwrap_or_default().into_iter().map(Payment).collect())
    }

    /// Customer who placed the order; null for a guest, and without `CUSTOMERS_READ`.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        nullable(async {
            let Some(id) = self.0.customer else { return Ok(None) };
            Ok(ctx.request()?.loaders().customers().load(id).await?.map(Customer))
        })
        .await
    }

    /// Taxes of lines and delivery, added up by name and rate; together they are the tax of the total.
    async fn taxes(&self, ctx: &Context<'_>) -> Result<Vec<TaxLine>> {
        order_taxes(ctx, &self.0).await
    }

    /// Phone number of the buyer; null if none was given.
    fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Language of the order as a BCP 47 tag.
    fn locale(&self) -> &str {
        self.0.locale.as_str()
    }

    /// Order lines in the order of the cart, at most 500.
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<OrderLine>> {
        let lines = ctx.request()?.loaders().order_lines().load(self.0.id).await?.unwrap_or_default();
        Ok(lines.into_iter().map(OrderLine).collect())
    }

    /// Fulfillments of the order, oldest first.
    async fn fulfillments(&self, ctx: &Context<'_>) -> Result<Vec<Fulfillment>> {
        let all = ctx.request()?.loaders().order_fulfillments().load(self.0.id).await?.unwrap_or_default();
        Ok(all.into_iter().map(Fulfillment).collect())
    }

    /// Timeline of the order, oldest event first.
    async fn events(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<OrderEvent>> {
        let page = args.page::<OrderEventId>()?;
        let all = ctx.request()?.loaders().order_events().load(self.0.id).await?.unwrap_or_default();
        let entry = |event: orders::OrderEvent| (event.id, OrderEvent::from(event));
        Ok(Connection::of_list(&page, all.into_iter().map(entry).collect())?)
    }
}

/// A line of an order.
pub struct OrderLine(orders::OrderLine);

/// A line of an order: a variant with the quantity and the prices at which it was sold.
#[Object]
impl OrderLine {
    /// The fields that both APIs share.
    #[graphql(flatten)]
    fn fields(&self) -> OrderLineFields<'_> {
        OrderLineFields(&self.0)
    }

    /// Global id of the product, which may have been deleted since.
    fn product_id(&self) -> ID {
        to_id(self.0.sold.product_id)
    }

    /// Tax class that determined the tax rate.
    fn tax_class(&self) -> &str {
        &self.0.sold.tax_class
    }

    /// Tax rate in basis points, rounded; 1900 means 19%.
    #[graphql(deprecation = "2026-11-29: use taxPercent, which has all digits")]
    fn tax_basis_points(&self) -> i64 {
        self.0.sold.tax_rate.basis_points()
    }
}

/// A shipment of units of an order.
pub struct Fulfillment(pub(super) orders::Fulfillment);

/// A shipment of units of an order.
#[Object]
impl Fulfillment {
    /// Global id of the fulfillment.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// The fields that both APIs share.
    #[graphql(flatten)]
    fn fields(&self) -> FulfillmentFields<'_> {
        FulfillmentFields(&self.0)
    }

    /// Actor who created it: a global id, or `system`.
    fn actor(&self) -> &str {
        &self.0.actor
    }
}

/// An event in the timeline of an order.
#[derive(SimpleObject)]
pub struct OrderEvent {
    /// Global id of the event.
    id: ID,
    /// Kind of the event.
    kind: orders::OrderEventKind,
    /// Time of the event.
    at: DateTime<Utc>,
    /// Actor of the event: a global id, `anonymous` for guests, or `system`.
    actor: String,
}

impl From<orders::OrderEvent> for OrderEvent {
    fn from(event: orders::OrderEvent) -> Self {
        Self { id: to_id(event.id), kind: event.kind, at: event.at, actor: event.actor }
    }
}
