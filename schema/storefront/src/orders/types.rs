//! An order with its lines, fulfilments and timeline.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use model::orders;
use schema_shared::{
    Connection, ConnectionArgs, FulfillmentFields, OrderFields, OrderLineFields, RequestExt, TaxedMoney,
    connection_fields, to_id,
};

/// A sale.
pub struct Order(Box<orders::Order>);

impl From<orders::Order> for Order {
    fn from(order: orders::Order) -> Self {
        Self(Box::new(order))
    }
}

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

    /// What was bought, in the order of the cart.
    async fn lines(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<OrderLine>> {
        let page = args.page::<i32>()?;
        let lines = ctx.request()?.loaders().order_lines().load(self.0.id).await?.unwrap_or_default();
        Ok(Connection::of_list(&page, lines.into_iter().map(|line| (line.position, OrderLine(line))).collect())?)
    }

    /// What was sent so far, oldest first.
    async fn fulfillments(&self, ctx: &Context<'_>) -> Result<Vec<Fulfillment>> {
        let all = ctx.request()?.loaders().order_fulfillments().load(self.0.id).await?.unwrap_or_default();
        Ok(all.into_iter().map(Fulfillment).collect())
    }

    /// What happened to it, oldest first.
    async fn events(&self, ctx: &Context<'_>) -> Result<Vec<OrderEvent>> {
        let all = ctx.request()?.loaders().order_events().load(self.0.id).await?.unwrap_or_default();
        Ok(all.into_iter().map(|event| OrderEvent { kind: event.kind, at: event.at }).collect())
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

    /// All units before discounts.
    fn subtotal(&self) -> TaxedMoney {
        TaxedMoney(self.0.subtotal)
    }
}

/// Goods of an order that left together.
pub struct Fulfillment(orders::Fulfillment);

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
}

/// Something that happened to an order.
#[derive(SimpleObject)]
pub struct OrderEvent {
    /// What happened.
    kind: orders::OrderEventKind,
    /// When.
    at: DateTime<Utc>,
}
