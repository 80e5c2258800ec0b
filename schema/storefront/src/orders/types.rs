//! An order with its lines, fulfillments and timeline.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use model::orders;
use schema_shared::{
    Connection, ConnectionArgs, FulfillmentFields, Money, OrderFields, OrderLineFields, PaymentInstructions,
    RequestExt, TaxLine, TaxedMoney, Tracking, connection_fields, nullable, order_taxes, to_id,
};

/// An order placed in a channel.
pub struct Order(Arc<orders::Order>);

impl From<orders::Order> for Order {
    fn from(order: orders::Order) -> Self {
        Self(Arc::new(order))
    }
}

impl From<Arc<orders::Order>> for Order {
    fn from(order: Arc<orders::Order>) -> Self {
        Self(order)
    }
}

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

    /// Taxes of lines and delivery, added up by name and rate; together they are the tax of the total.
    async fn taxes(&self, ctx: &Context<'_>) -> Result<Vec<TaxLine>> {
        order_taxes(ctx, &self.0).await
    }

    /// Order lines in the order of the cart.
    async fn lines(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<OrderLine>> {
        let page = args.page::<i32>()?;
        let lines = ctx.request()?.loaders().order_lines().load(self.0.id).await?.unwrap_or_default();
        Ok(Connection::of_slice(&page, &lines, |line| line.position, |line| OrderLine(line.clone()))?)
    }

    /// Fulfillments of the order, oldest first.
    async fn fulfillments(&self, ctx: &Context<'_>) -> Result<Vec<Fulfillment>> {
        let all = ctx.request()?.loaders().order_fulfillments().load(self.0.id).await?.unwrap_or_default();
        Ok(all.into_iter().map(Fulfillment).collect())
    }

    /// Timeline of the order, oldest event first, without events that concern only staff.
    async fn events(&self, ctx: &Context<'_>) -> Result<Vec<OrderEvent>> {
        let all = ctx.request()?.loaders().order_events().load(self.0.id).await?.unwrap_or_default();
        Ok(all.into_iter().filter(|event| !event.kind.is_internal()).map(Into::into).collect())
    }

    /// Instructions for the bank transfer that the order waits for; null if it does not, or if the shop has no account in this
    /// channel.
    async fn payment_instructions(&self, ctx: &Context<'_>) -> Option<Result<PaymentInstructions>> {
        nullable(async {
            if self.0.status != orders::OrderStatus::PendingPayment {
                return Ok(None);
            }
            let found = ctx.request()?.loaders().payment_instructions().load(self.0.id).await?;
            Ok(found.map(Into::into))
        })
        .await
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

    /// Price of all units before discounts.
    fn subtotal(&self) -> TaxedMoney {
        TaxedMoney(self.0.sold.subtotal)
    }
}

/// A shipment of units of an order.
pub struct Fulfillment(orders::Fulfillment);

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
}

/// An event in the timeline of an order.
#[derive(SimpleObject)]
pub struct OrderEvent {
    /// Kind of the event.
    kind: orders::OrderEventKind,
    /// Time of the event.
    at: DateTime<Utc>,
    /// Amount that moved or is awaited; null for events without one.
    amount: Option<Money>,
    /// Carrier of the parcels; null for other events, and if it is not given.
    carrier: Option<String>,
    /// Tracking of the parcels; empty for other events.
    trackings: Vec<Tracking>,
}

impl From<orders::OrderEvent> for OrderEvent {
    fn from(event: orders::OrderEvent) -> Self {
        let details = event.details;
        Self {
            kind: event.kind,
            at: event.at,
            amount: details.amount.map(Into::into),
            carrier: details.carrier,
            trackings: details.trackings.into_iter().map(Into::into).collect(),
        }
    }
}
