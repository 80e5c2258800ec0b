//! The storefront schema: what browsers, apps and third-party storefronts ask. Types and resolvers, without rules.
//! Each context adds its sets of root fields to the merged roots below.

mod cart;
pub mod catalog;
mod channels;
mod identity;
mod node;
mod orders;
mod payments;
mod search;

use async_graphql::{MergedObject, MergedSubscription, Schema, SchemaBuilder};
use schema_shared::Fresh;

/// Everything that can be read.
#[derive(MergedObject, Default)]
#[rustfmt::skip] // one set on each line
pub struct Query(
    cart::CartQuery,
    catalog::CatalogQuery,
    channels::ChannelQuery,
    identity::IdentityQuery,
    node::NodeQuery,
    orders::OrderQuery,
    search::SearchQuery,
);

/// Everything that can be changed.
#[derive(MergedObject, Default)]
#[rustfmt::skip] // one set on each line
pub struct Mutation(
    cart::CartMutation,
    identity::IdentityMutation,
    orders::CheckoutMutation,
    payments::PaymentMutation,
);

/// Everything that can be watched.
#[derive(MergedSubscription, Default)]
pub struct Subscription(cart::CartSubscription, orders::OrderSubscription);

/// The storefront schema.
pub type StorefrontSchema = Schema<Query, Fresh<Mutation>, Subscription>;

/// The schema, to be finished with the server's limits and extensions.
#[must_use]
pub fn builder() -> SchemaBuilder<Query, Fresh<Mutation>, Subscription> {
    Schema::build(Query::default(), Fresh::default(), Subscription::default())
}
