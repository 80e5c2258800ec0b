//! The process: configuration, router, roles, metrics.

pub mod cli;
pub mod client;
mod commands;
pub mod config;
pub mod connections;
pub mod context;
pub mod edge_config;
mod farewell;
pub mod gateway_config;
pub mod gateway_webhooks;
pub mod graphiql;
pub mod health;
pub mod logging;
pub mod media;
pub mod metrics;
pub mod middleware;
pub mod server;
pub mod shop;
pub mod shutdown;
pub mod start;
