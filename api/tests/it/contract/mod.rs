//! The operations that storefronts and integrations are promised, word for word, on the demo shop; and its facts.
//!
//! Whole answers are kept as snapshots, so that no change of a field, an error or an amount goes unseen.

mod admin_catalog;
mod admin_orders;
mod cart;
mod cart_flow;
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

/// The data and errors of an answer without what differs from run to run; what it cost is another test's matter.
fn shown(answer: &Answer) -> Value {
    let mut body = answer.body.clone();
    let _ = body.as_object_mut().and_then(|members| members.remove("extensions"));
    redact::redact(&body)
}
