//! The admin schema for staff, back-office tools and integrations: types and resolvers without rules. Each context adds
//! its root fields to the merged roots below.

mod audit;
mod carts;
mod catalog;
mod channels;
mod identity;
mod inventory;
mod node;
mod orders;
mod payments;
mod promotions;
mod readiness;
mod settings;
mod shipping;
mod tax;

pub use identity::{PUBLIC_MUTATIONS, SINGLE_MUTATIONS};

use async_graphql::{EmptySubscription, MergedObject, Schema, SchemaBuilder};
use schema_shared::Fresh;

/// The static cost of fields that do more work than others, by `Type.field`. A unit is about 15 microseconds of processor time.
pub const FIELD_COSTS: &[&[(&str, u64)]] =
    &[carts::FIELD_COSTS, catalog::FIELD_COSTS, identity::FIELD_COSTS, orders::FIELD_COSTS, payments::FIELD_COSTS];

/// All queries of the admin API.
#[derive(MergedObject, Default)]
#[rustfmt::skip] // one set on each line
pub struct Query(
    audit::AuditQuery,
    carts::CartQuery,
    catalog::CatalogQuery,
    catalog::JobQuery,
    catalog::ProductQuery,
    channels::ChannelQuery,
    identity::IdentityQuery,
    inventory::InventoryQuery,
    node::NodeQuery,
    orders::OrderQuery,
    payments::PaymentQuery,
    promotions::PromotionQuery,
    readiness::ReadinessQuery,
    settings::SettingsQuery,
    shipping::ShippingQuery,
    tax::TaxQuery,
);

/// All mutations of the admin API.
#[derive(MergedObject, Default)]
#[rustfmt::skip] // one set on each line
pub struct Mutation(
    catalog::BulkMutation,
    catalog::ProductMutation,
    catalog::TaxonomyMutation,
    channels::ChannelMutation,
    channels::TransferAccountMutation,
    identity::IdentityMutation,
    inventory::InventoryMutation,
    orders::OrderMutation,
    orders::OrderChangeMutation,
    payments::PaymentMutation,
    promotions::PromotionMutation,
    settings::SettingsMutation,
    shipping::ShippingMutation,
    tax::TaxMutation,
);

/// The admin schema.
pub type AdminSchema = Schema<Query, Fresh<Mutation>, EmptySubscription>;

/// A builder of the schema; the server adds limits and extensions.
#[must_use]
pub fn builder() -> SchemaBuilder<Query, Fresh<Mutation>, EmptySubscription> {
    Schema::build(Query::default(), Fresh::default(), EmptySubscription)
}
