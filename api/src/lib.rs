//! The process: configuration, routes, roles, metrics.

pub mod cli;
pub mod client;
mod commands;
pub mod config;
pub mod connections;
pub mod context;
mod draining;
mod file_limit;
pub mod gateway_webhooks;
pub mod graphiql;
pub mod health;
pub mod held;
mod hook;
pub mod logging;
pub mod media;
pub mod metrics;
pub mod middleware;
pub mod router;
pub mod server;
pub mod shutdown;
pub mod start;
pub mod state;
