//! Payments over a real socket to real sandbox gateways with a durable record.

mod bench;
mod called_off;
mod completing;
mod operations;
mod outcomes;
mod routing;
mod sandbox;
mod webhooks;
