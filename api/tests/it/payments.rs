//! Payments over a real socket to real sandbox gateways with a durable record.

mod bench;
mod operations;
mod outcomes;
mod sandbox;
mod webhooks;
