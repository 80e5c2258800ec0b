//! Tests of the stores on real databases.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests fail by panicking"
)]

mod carts;
mod catalog_tables;
mod db;
mod documents;
mod enum_names;
mod idempotency;
mod identity;
mod index_use;
mod inventory;
mod jobs;
mod ledger;
mod list_plans;
mod migrations;
mod order_lists;
mod payments;
mod people_plans;
mod product_lists;
mod promotions;
mod rates;
mod search;
mod table_definitions;
