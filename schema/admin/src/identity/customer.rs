//! Customers as staff see them.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::{cart::CartCursor, customers, ids::OrderId};
use schema_shared::{
    Connection, ConnectionArgs, CustomerAddress, CustomerFields, RequestExt, connection_fields, to_id, total_count,
};
use services::{cart, orders};

use super::CustomerGroup;
use crate::{carts::Cart, orders::Order};

/// A customer with an account.
pub struct Customer(pub customers::Customer);

/// A customer with an account.
#[connection_fields]
#[Object]
impl Customer {
    /// Global id of the customer.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// The fields that both APIs share.
    #[graphql(flatten)]
    fn fields(&self) -> CustomerFields<'_> {
        CustomerFields(&self.0)
    }

    /// Note of staff, which the customer does not see; null if there is none.
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Tags of staff, which the customer does not see.
    fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// Time at which the email address was verified; null if it was not.
    fn email_verified_at(&self) -> Option<DateTime<Utc>> {
        self.0.email_verified_at
    }

    /// Customer groups of the customer, ordered by slug.
    async fn groups(&self, ctx: &Context<'_>) -> Result<Vec<CustomerGroup>> {
        let groups = ctx.request()?.loaders().customer_groups().load(self.0.id).await?.unwrap_or_default();
        Ok(groups.into_iter().map(CustomerGroup).collect())
    }

    /// Address book of the customer, oldest entry first, at most 50.
    async fn addresses(&self, ctx: &Context<'_>) -> Result<Vec<CustomerAddress>> {
        let addresses = ctx.request()?.loaders().customer_addresses().load(self.0.id).await?.unwrap_or_default();
        Ok(addresses.into_iter().map(CustomerAddress).collect())
    }

    /// Global id of the entry that is the shipping address of new carts; null if there is none.
    fn default_shipping_address_id(&self) -> Option<ID> {
        self.0.default_shipping_address.map(to_id)
    }

    /// Global id of the entry that is the billing address of new carts; null if there is none.
    fn default_billing_address_id(&self) -> Option<ID> {
        self.0.default_billing_address.map(to_id)
    }

    /// Orders of the customer, newest first; those of the channels in which the actor has `ORDERS_READ`.
    async fn orders(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Option<Result<Connection<Order>>> {
        Some(self.list_orders(ctx, args).await)
    }

    /// Active carts of the customer, last changed first; those of the channels in which the actor has `ORDERS_READ`.
    async fn carts(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Option<Result<Connection<Cart>>> {
        Some(self.list_carts(ctx, args).await)
    }

    /// Time at which the personal data was erased; null if it was not.
    fn erased_at(&self) -> Option<DateTime<Utc>> {
        self.0.erased_at
    }
}

impl Customer {
    async fn list_orders(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<Order>> {
        let request = ctx.request()?;
        let (app, actor) = (&request.app, &request.actor);
        let page = args.page::<OrderId>()?;
        let found = orders::list_of_customer(app, actor, self.0.id, &page).await?;
        let filter = orders::OrderFilter { customer: Some(self.0.id), ..orders::OrderFilter::default() };
        let total = total_count(ctx, orders::count(app, actor, &filter)).await?;
        Ok(Connection::new(&page, found, total, |order| order.id, Order))
    }

    async fn list_carts(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<Cart>> {
        let request = ctx.request()?;
        let (app, actor) = (&request.app, &request.actor);
        let page = args.page::<CartCursor>()?;
        let found = cart::list_records_of(app, actor, self.0.id, &page).await?;
        let filter = cart::CartFilter { customer: Some(self.0.id), ..cart::CartFilter::default() };
        let total = total_count(ctx, cart::count_records(app, actor, &filter)).await?;
        Ok(Connection::new(&page, found, total, model::cart::CartRecord::cursor, Cart::new))
    }
}
