//! An order with its lines, fulfillments and timeline.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use model::{
    audit::Change,
    ids::{OrderEventId, StockLocationId},
    inventory::Allocation,
    orders,
    settings::Settings,
};
use schema_shared::{
    Connection, ConnectionArgs, FulfillmentFields, Metafield, Money, OrderFields, OrderLineFields, PaymentInstructions,
    RequestExt, TaxLine, Tracking, connection_fields, nullable, order_taxes, to_id,
};

use crate::{channels::Channel, identity::Customer, payments::Payment};

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

    /// Channel of the sale; null if it was deleted.
    async fn channel(&self, ctx: &Context<'_>) -> Option<Result<Channel>> {
        nullable(async {
            let settings = ctx.request()?.back_office()?.settings().await?;
            Ok(settings.channel_by_id(self.0.channel).map(|channel| Channel::new(channel.as_ref().clone())))
        })
        .await
    }

    /// Tags of staff.
    fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// Custom data of integrations.
    fn metafields(&self) -> Vec<Metafield<'_>> {
        self.0.metafields.iter().map(Metafield).collect()
    }

    /// A metafield by namespace and key; null if it does not exist.
    async fn metafield(
        &self,
        #[graphql(desc = "Namespace of the metafield.")] namespace: String,
        #[graphql(desc = "Key of the metafield.")] key: String,
    ) -> Option<Metafield<'_>> {
        let found = self.0.metafields.iter().find(|field| field.namespace == namespace && field.key == key);
        found.map(Metafield)
    }

    /// Notes of staff, oldest first. Shoppers do not see them.
    async fn notes(&self, ctx: &Context<'_>) -> Result<Vec<OrderNote>> {
        let notes = ctx.request()?.loaders().order_notes().load(self.0.id).await?.unwrap_or_default();
        Ok(notes.into_iter().map(Into::into).collect())
    }

    /// Instructions for the bank transfer that the order waits for; null if it does not, or if its channel has no account.
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

    /// Units that are allocated to the line and not shipped yet, by stock location.
    async fn allocations(&self, ctx: &Context<'_>) -> Result<Vec<OrderAllocation>> {
        let request = ctx.request()?;
        let held = request.loaders().line_allocations().load(self.0.id).await?.unwrap_or_default();
        let settings = request.back_office()?.settings().await?;
        Ok(held.iter().map(|held| OrderAllocation::of(held, &settings)).collect())
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

    /// Slug of the stock location that was chosen to ship everything; null if the units left from where they were allocated.
    async fn location(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        nullable(async {
            let Some(id) = self.0.location else { return Ok(None) };
            let settings = ctx.request()?.back_office()?.settings().await?;
            Ok(Some(slug_of(&settings, id)))
        })
        .await
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
    /// More about the event.
    details: OrderEventDetails,
}

/// More about an event of an order. Most kinds of events have few of these facts.
#[derive(SimpleObject)]
pub struct OrderEventDetails {
    /// Amount that moved or is awaited; null for events without one.
    amount: Option<Money>,
    /// Reference of a bank transfer; null if none was recorded, or if it was removed with the contact data.
    reference: Option<String>,
    /// Global id of the fulfillment; null for events of other things.
    fulfillment_id: Option<ID>,
    /// Carrier of the parcels; null if it is not given.
    carrier: Option<String>,
    /// Tracking of the parcels.
    trackings: Vec<Tracking>,
    /// Changed values; empty after the contact data was removed.
    changes: Vec<OrderChange>,
}

/// A value of an order that has changed.
#[derive(SimpleObject)]
pub struct OrderChange {
    /// Path of the value, such as `shippingAddress.city`.
    path: String,
    /// Previous value; null if there was none. Text is written as it is, other values as JSON.
    from: Option<String>,
    /// New value; null if it was removed.
    to: Option<String>,
}

impl From<orders::OrderEvent> for OrderEvent {
    fn from(event: orders::OrderEvent) -> Self {
        let details = event.details.into();
        Self { id: to_id(event.id), kind: event.kind, at: event.at, actor: event.actor, details }
    }
}

impl From<orders::EventDetails> for OrderEventDetails {
    fn from(details: orders::EventDetails) -> Self {
        let change = |change: Change| OrderChange { path: change.path, from: change.from, to: change.to };
        Self {
            amount: details.amount.map(Into::into),
            reference: details.reference,
            fulfillment_id: details.fulfillment.map(to_id),
            carrier: details.carrier,
            trackings: details.trackings.into_iter().map(Into::into).collect(),
            changes: details.changes.into_iter().map(change).collect(),
        }
    }
}

/// A note of staff about an order.
#[derive(SimpleObject)]
pub struct OrderNote {
    /// Global id of the note.
    id: ID,
    /// Text of the note.
    text: String,
    /// Time at which the note was written.
    at: DateTime<Utc>,
    /// Actor who wrote it: a global id, or `system`.
    actor: String,
}

impl From<orders::OrderNote> for OrderNote {
    fn from(note: orders::OrderNote) -> Self {
        Self { id: to_id(note.id), text: note.text, at: note.at, actor: note.actor }
    }
}

/// Units at a stock location that are allocated to an order line.
#[derive(SimpleObject)]
pub struct OrderAllocation {
    /// Slug of the stock location.
    location: String,
    /// Number of allocated units.
    quantity: i64,
    /// Global id of the variant: that of the line, or a component of a bundle.
    variant_id: ID,
}

impl OrderAllocation {
    fn of(held: &Allocation, settings: &Settings) -> Self {
        Self {
            location: slug_of(settings, held.location_id),
            quantity: held.quantity,
            variant_id: to_id(held.variant_id),
        }
    }
}

/// The slug of a stock location; its global id if a snapshot does not contain it yet.
fn slug_of(settings: &Settings, id: StockLocationId) -> String {
    let found = settings.locations.iter().find(|location| location.id == id);
    found.map_or_else(|| id.to_string(), |location| location.slug.to_string())
}
