//! Payments over a real socket to real sandbox gateways with a durable record.

mod bench;
mod called_off;
mod operations;
mod outcomes;
mod sandbox;
mod webhooks;
