//! Customers as they see themselves.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::{access::Actor, ids::OrderId};
use schema_shared::{
    Address, Connection, RequestData, RequestExt, encode_cursor, nullable, page, to_id, wants_total_count,
};
use services::{
    identity,
    orders::{self, OrderFilter},
};

use crate::orders::Order;

/// A shopper with an account.
pub struct Customer(pub model::customers::Customer);

/// A shopper with an account. Only the customer themselves sees it here.
#[Object]
impl Customer {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Where mail goes and what they log in with.
    fn email(&self) -> Option<&str> {
        self.0.email.as_ref().map(model::customers::Email::as_str)
    }

    /// Given name; empty when it was not told.
    fn first_name(&self) -> &str {
        &self.0.first_name
    }

    /// Family name; empty when it was not told.
    fn last_name(&self) -> &str {
        &self.0.last_name
    }

    /// Telephone.
    fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Preferred language, a BCP 47 tag; null if none is set. E-mails are in English today.
    fn locale(&self) -> Option<&str> {
        self.0.locale.as_ref().map(model::Locale::as_str)
    }

    /// Whether news may be sent.
    fn accepts_marketing(&self) -> bool {
        self.0.accepts_marketing
    }

    /// The addresses they keep, oldest first; fifty at most.
    async fn addresses(&self, ctx: &Context<'_>) -> Result<Vec<CustomerAddress>> {
        Ok(self.kept(ctx).await?.into_iter().map(CustomerAddress).collect())
    }

    /// The address that a new cart starts with.
    async fn default_shipping_address(&self, ctx: &Context<'_>) -> Option<Result<CustomerAddress>> {
        nullable(async { self.address(ctx, self.0.default_shipping_address).await }).await
    }

    /// The address that invoices go to.
    async fn default_billing_address(&self, ctx: &Context<'_>) -> Option<Result<CustomerAddress>> {
        nullable(async { self.address(ctx, self.0.default_billing_address).await }).await
    }

    /// What they ordered, newest first.
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 unless said otherwise.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Order>> {
        let request = ctx.request()?;
        let page = page::<OrderId>(first, after, last, before)?;
        let reader = self.reader(request);
        let found = orders::list_of_customer(&request.app, &reader, self.0.id, &page).await?;
        let all = OrderFilter { customer: Some(self.0.id), ..OrderFilter::default() };
        let is_counted = wants_total_count(ctx);
        let total = if is_counted { Some(orders::count(&request.app, &reader, &all).await?) } else { None };
        let rows = found.orders.into_iter().map(|order| (encode_cursor(&order.id), Order::from(order))).collect();
        Ok(Connection::new(&page, rows, found.has_more, total))
    }

    /// When the account was opened.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

impl Customer {
    /// In whose name more of the customer is read. Whoever is not staff has proven to be them: by the request's token,
    /// or by what this very request logged in with.
    fn reader(&self, request: &RequestData) -> Actor {
        match &request.actor {
            Actor::Anonymous | Actor::Customer(_) => Actor::Customer(self.0.id),
            other => other.clone(),
        }
    }

    async fn kept(&self, ctx: &Context<'_>) -> Result<Vec<model::customers::CustomerAddress>> {
        let (request, id) = (ctx.request()?, self.0.id);
        let reader = self.reader(request);
        if reader == request.actor {
            return Ok(request.loaders().customer_addresses().load(id).await?.unwrap_or_default());
        }
        let mut found = identity::addresses_of(&request.app, &reader, &[id]).await?;
        Ok(found.remove(&id).unwrap_or_default())
    }

    async fn address(&self, ctx: &Context<'_>, id: Option<model::ids::AddressId>) -> Result<Option<CustomerAddress>> {
        let Some(id) = id else { return Ok(None) };
        Ok(self.kept(ctx).await?.into_iter().find(|address| address.id == id).map(CustomerAddress))
    }
}

/// An address that a customer keeps.
pub struct CustomerAddress(pub model::customers::CustomerAddress);

/// An address that a customer keeps.
#[Object]
impl CustomerAddress {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// The address itself.
    #[graphql(flatten)]
    fn address(&self) -> Address {
        Address(self.0.address.clone())
    }
}
