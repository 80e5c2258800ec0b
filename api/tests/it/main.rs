//! Behaviour of the server from the outside.

mod architecture;
mod authorisation;
mod buying;
mod catalog;
mod cli;
mod cluster;
mod contract;
mod descriptions;
mod flash_sale;
mod graphql_hostile;
mod graphql_http;
mod graphql_page;
mod graphql_sse;
mod graphql_toy;
mod graphql_ws;
mod identity_admin;
mod identity_storefront;
mod mail_server;
mod payments;
mod processes;
mod resilience;
mod server;
mod statements;
mod support;
mod two_servers;
mod watching;
