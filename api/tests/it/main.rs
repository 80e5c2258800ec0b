//! Behavior of the server from the outside.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests fail by panicking"
)]

mod abuse;
mod architecture;
mod audit_all;
mod authorization;
mod best_selling;
mod budgets;
mod carts_admin;
mod catalog;
mod cli;
mod cluster;
mod connections;
mod contract;
mod cost;
mod customers_admin;
mod delivery;
mod descriptions;
mod endpoints;
mod flash_sale;
mod graphiql;
mod graphql_hostile;
mod guest_shop;
mod health;
mod idempotency;
mod identity_admin;
mod identity_storefront;
mod killed;
mod killed_jobs;
mod listed_fields;
mod lists;
mod logs;
mod mail_files;
mod mail_server;
mod order_mails;
mod orders;
mod payments;
mod postgres_tls;
mod privacy;
mod processes;
mod promotions;
mod purchase;
mod real_shop;
mod resilience;
mod server;
mod shop_settings;
mod staff;
mod statements;
mod stores;
mod subscriptions;
mod support;
mod tax;
mod two_servers;
