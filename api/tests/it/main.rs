//! Behavior of the server from the outside.

mod architecture;
mod authorization;
mod catalog;
mod cli;
mod cluster;
mod connections;
mod contract;
mod descriptions;
mod flash_sale;
mod graphiql;
mod graphql_hostile;
mod idempotency;
mod identity_admin;
mod identity_storefront;
mod killed;
mod mail_files;
mod mail_server;
mod payments;
mod processes;
mod purchase;
mod resilience;
mod server;
mod statements;
mod subscriptions;
mod support;
mod two_servers;
