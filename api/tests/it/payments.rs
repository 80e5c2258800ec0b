//! Payments over a real socket to real sandbox gateways with a durable record.

mod canceled_orders;
mod completing;
mod harness;
mod operations;
mod outcomes;
mod reports;
mod return_urls;
mod routing;
mod sandbox;
mod step_up;
mod webhooks;
