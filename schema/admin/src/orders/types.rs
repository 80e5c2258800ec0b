//! An order with its lines, fulfilments and timeline.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use model::{ids::OrderEventId, orders};
use schema_shared::{
    Connection, ConnectionArgs, FulfillmentFields, OrderFields, OrderLineFields, RequestExt, connection_fields,
    nullable, to_id,
};

use crate::{identity::Customer, payments::Payment};

/// A sale.
pub struct Order(pub orders::Order);

/// A sale: what was bought, at the prices and under the names of that moment.
#[connection_fields]
#[Object]
impl Order {
    /// Global id.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// The fields of both APIs.
    #[graphql(flatten)]
    fn fields(&self) -> OrderFields<'_> {
        OrderFields(&self.0)
    }

    /// Why it was called off; null when it was not.
    fn cancel_reason(&self) -> Option<orders::CancelReason> {
        self.0.cancel_reason
    }

    /// When its status, payment or fulfilment last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
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

    /// Telephone of the buyer.
    fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// The language it was bought in, a BCP 47 tag.
    fn locale(&self) -> &str {
        self.0.locale.as_str()
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
    async fn events(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<OrderEvent>> {
        let page = args.page::<OrderEventId>()?;
        let all = ctx.request()?.loaders().order_events().load(self.0.id).await?.unwrap_or_default();
        let entry = |event: orders::OrderEvent| (event.id, OrderEvent::from(event));
        Ok(Connection::of_list(&page, all.into_iter().map(entry).collect())?)
    }
}

/// A variant and how many of it, as sold.
pub struct OrderLine(orders::OrderLine);

/// A variant and how many of it, as sold.
#[Object]
impl OrderLine {
    /// The fields of both APIs.
    #[graphql(flatten)]
    fn fields(&self) -> OrderLineFields<'_> {
        OrderLineFields(&self.0)
    }

    /// Global id of the product that was bought; it may no longer exist.
    fn product_id(&self) -> ID {
        to_id(self.0.product_id)
    }

    /// The class that decided the tax rate.
    fn tax_class(&self) -> &str {
        &self.0.tax_class
    }

    /// The tax rate in basis points: 1900 is 19 %.
    fn tax_basis_points(&self) -> i64 {
        self.0.tax_rate.0
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

    /// The fields of both APIs.
    #[graphql(flatten)]
    fn fields(&self) -> FulfillmentFields<'_> {
        FulfillmentFields(&self.0)
    }

    /// Whoever sent it: a global id, or `system`.
    fn actor(&self) -> &str {
        &self.0.actor
    }
}

/// Something that happened to an order.
#[derive(SimpleObject)]
pub struct OrderEvent {
    /// Global id.
    id: ID,
    /// What happened.
    kind: orders::OrderEventKind,
    /// When.
    at: DateTime<Utc>,
    /// Whoever did it: a global id, `anonymous` for guests, or `system`.
    actor: String,
}

impl From<orders::OrderEvent> for OrderEvent {
    fn from(event: orders::OrderEvent) -> Self {
        Self { id: to_id(event.id), kind: event.kind, at: event.at, actor: event.actor }
    }
}
