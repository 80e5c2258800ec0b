//! The unchanged operations of the contract on the demo shop, and the facts of that shop.
//!
//! Complete responses are snapshots, so that every change of a field, an error or an amount is detected.

mod admin_catalog;
mod admin_orders;
mod cart;
pub mod cart_flow;
mod catalog;
mod checkout;
mod facts;
mod identity;
mod operations;
mod redact;
pub mod stream;

use serde_json::Value;
use testkit::{Answer, GraphqlClient};

use crate::processes::Processes;

/// The storefront API of the first server, in a context such as `channel=us&locale=en`.
fn storefront(processes: &Processes, context: &str) -> GraphqlClient {
    GraphqlClient::new(format!("http://{}/graphql?{context}", processes.servers[0].address))
}

/// The data and errors of a response, without values that differ from run to run and without the cost.
fn shown(answer: &Answer) -> Value {
    let mut body = answer.body.clone();
    let _ = body.as_object_mut().and_then(|members| members.remove("extensions"));
    redact::redact(&body)
}
