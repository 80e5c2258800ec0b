//! An order with its lines, fulfillments and timeline.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::{ids::OrderEventId, orders};
use schema_shared::{
    Connection, ConnectionArgs, FulfillmentFields, Metafield, OrderFields, OrderLineFields, PaymentInstructions,
    RequestExt, TaxLine, connection_fields, nullable, order_taxes, to_id,
};

use super::parts::{OrderAllocation, OrderEvent, OrderNote, slug_of};
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
