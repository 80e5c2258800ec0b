//! The storefront schema for browsers, apps and third-party storefronts: types and resolvers without rules. Each
//! context adds its root fields to the merged roots below.

mod cart;
pub mod catalog;
mod channels;
mod identity;
mod node;
mod orders;
mod payments;
mod search;

pub use identity::{PUBLIC_MUTATIONS, SINGLE_MUTATIONS};

use async_graphql::{MergedObject, MergedSubscription, Schema, SchemaBuilder};
use schema_shared::Fresh;

/// The mutations that turn a cart into an order: the last to be rejected under overload.
pub const CHECKOUT_MUTATIONS: &[&str] = &["cartPaymentCreate", "cartComplete"];

/// The queries of a buyer on the way to an order, and of its result: under overload, rejected after those of pages.
pub const BUYER_QUERIES: &[&str] = &["cart", "order"];

/// The static cost of fields that do more work than others, by `Type.field`. A unit is about 15 microseconds of processor time.
pub const FIELD_COSTS: &[&[(&str, u64)]] = &[
    cart::FIELD_COSTS,
    catalog::FIELD_COSTS,
    identity::FIELD_COSTS,
    node::FIELD_COSTS,
    orders::FIELD_COSTS,
    payments::FIELD_COSTS,
    search::FIELD_COSTS,
];

/// All queries of the storefront API.
#[derive(MergedObject, Default)]
#[rustfmt::skip] // one set on each line
pub struct Query(
    cart::CartQuery,
    catalog::CatalogQuery,
    catalog::RedirectQuery,
    channels::ChannelQuery,
    identity::IdentityQuery,
    node::NodeQuery,
    orders::OrderQuery,
    search::SearchQuery,
);

/// All mutations of the storefront API.
#[derive(MergedObject, Default)]
#[rustfmt::skip] // one set on each line
pub struct Mutation(
    cart::CartMutation,
    identity::IdentityMutation,
    orders::CheckoutMutation,
    payments::PaymentMutation,
);

/// All subscriptions of the storefront API.
#[derive(MergedSubscription, Default)]
pub struct Subscription(cart::CartSubscription, orders::OrderSubscription);

/// The storefront schema.
pub type StorefrontSchema = Schema<Query, Fresh<Mutation>, Subscription>;

/// A builder of the schema; the server adds limits and extensions.
#[must_use]
pub fn builder() -> SchemaBuilder<Query, Fresh<Mutation>, Subscription> {
    Schema::build(Query::default(), Fresh::default(), Subscription::default())
}
