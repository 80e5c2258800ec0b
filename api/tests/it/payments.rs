//! Payments over a real socket to real sandbox gateways with a durable record.

mod harness;
mod canceled_orders;
mod completing;
mod operations;
mod outcomes;
mod routing;
mod sandbox;
mod webhooks;
