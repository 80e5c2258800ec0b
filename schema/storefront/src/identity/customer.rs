//! Customers as they see themselves.

use async_graphql::{Context, ID, Object, Result};
use model::{access::Actor, ids::OrderId};
use schema_shared::{
    Connection, ConnectionArgs, CustomerAddress, CustomerFields, RequestData, RequestExt, connection_fields, nullable,
    to_id, total_count,
};
use services::{
    identity,
    orders::{self, OrderFilter},
};

use crate::orders::Order;

/// A shopper with an account.
pub struct Customer(pub model::customers::Customer);

/// A shopper with an account. Only the customer themselves sees it here.
#[connection_fields]
#[Object]
impl Customer {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// The fields of both APIs.
    #[graphql(flatten)]
    fn fields(&self) -> CustomerFields<'_> {
        CustomerFields(&self.0)
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
    async fn orders(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<Order>> {
        let request = ctx.request()?;
        let page = args.page::<OrderId>()?;
        let reader = self.reader(request);
        let found = orders::list_of_customer(&request.app, &reader, self.0.id, &page).await?;
        let all = OrderFilter { customer: Some(self.0.id), ..OrderFilter::default() };
        let total = total_count(ctx, orders::count(&request.app, &reader, &all)).await?;
        Ok(Connection::new(&page, found.orders, found.has_more, total, |order| order.id, Order::from))
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
