//! Customers as they see themselves.

use async_graphql::{Context, ID, Object, Result};
use model::{
    access::Actor,
    customers::Subject,
    ids::{OrderId, SessionId},
};
use schema_shared::{
    Connection, ConnectionArgs, CustomerAddress, CustomerFields, LoginSession, RequestData, RequestExt,
    connection_fields, nullable, to_id, total_count,
};
use services::{
    identity,
    orders::{self, OrderFilter},
};

use crate::orders::Order;

/// A customer with an account.
pub struct Customer(pub model::customers::Customer);

/// A customer with an account, visible only to the customer.
#[connection_fields]
#[Object]
impl Customer {
    /// Global id of the customer.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// The fields that both APIs share.
    #[graphql(flatten)]
    fn fields(&self) -> CustomerFields<'_> {
        CustomerFields(&self.0)
    }

    /// Address book of the customer, oldest entry first, at most 50.
    async fn addresses(&self, ctx: &Context<'_>) -> Result<Vec<CustomerAddress>> {
        Ok(self.address_book(ctx).await?.into_iter().map(CustomerAddress).collect())
    }

    /// Default shipping address, with which a new cart starts; null if none is set.
    async fn default_shipping_address(&self, ctx: &Context<'_>) -> Option<Result<CustomerAddress>> {
        nullable(async { self.address(ctx, self.0.default_shipping_address).await }).await
    }

    /// Default billing address, with which a new cart starts; null if none is set.
    async fn default_billing_address(&self, ctx: &Context<'_>) -> Option<Result<CustomerAddress>> {
        nullable(async { self.address(ctx, self.0.default_billing_address).await }).await
    }

    /// Orders of the customer, newest first.
    async fn orders(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<Order>> {
        let request = ctx.request()?;
        let page = args.page::<OrderId>()?;
        let reader = self.reader(request);
        let found = orders::list_of_customer(&request.app, &reader, self.0.id, &page).await?;
        let all = OrderFilter { customer: Some(self.0.id), ..OrderFilter::default() };
        let total = total_count(ctx, orders::count(&request.app, &reader, &all)).await?;
        Ok(Connection::new(&page, found, total, |order| order.id, Order::from))
    }

    /// Sessions of the customer that have not ended, newest first.
    async fn sessions(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<LoginSession>> {
        let request = ctx.request()?;
        let page = args.page::<SessionId>()?;
        let (reader, subject) = (self.reader(request), Subject::Customer(self.0.id));
        let found = identity::list_sessions(&request.app, &reader, subject, &page).await?;
        let total = total_count(ctx, identity::count_sessions(&request.app, &reader, subject)).await?;
        let session = |listed| LoginSession::new(listed, request.session);
        Ok(Connection::new(&page, found, total, |listed| listed.id, session))
    }
}

impl Customer {
    /// The actor that reads further data of the customer. An actor who is not staff has authenticated as the customer:
    /// by the request's token, or by a login in the same request.
    fn reader(&self, request: &RequestData) -> Actor {
        match &request.actor {
            Actor::Anonymous | Actor::Customer(_) => Actor::Customer(self.0.id),
            other => other.clone(),
        }
    }

    async fn address_book(&self, ctx: &Context<'_>) -> Result<Vec<model::customers::CustomerAddress>> {
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
        Ok(self.address_book(ctx).await?.into_iter().find(|address| address.id == id).map(CustomerAddress))
    }
}
