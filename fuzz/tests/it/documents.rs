//! GraphQL documents against both schemas: scanning, parsing, validation, cost. Nothing is executed.

use std::{path::Path, sync::Arc};

use async_graphql::Request as GraphqlRequest;
use axum::{Router, body::Body, http::Request};
use futures_util::future::{BoxFuture, FutureExt as _, ready};
use graphql_http::{Caller, Endpoint, Hook, Limits, OperationInfo, Rejection};
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// Rejects what passed all checks, before it is executed.
struct Stop;

impl Hook for Stop {
    fn prepare<'a>(
        &'a self,
        _caller: Caller<'a>,
        _operation: &'a OperationInfo,
        _request: GraphqlRequest,
    ) -> BoxFuture<'a, Result<GraphqlRequest, Rejection>> {
        ready(Err(Rejection::unavailable())).boxed()
    }
}

const WORDS: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "!",
    "$",
    "@",
    "...",
    ":",
    "=",
    "|",
    "&",
    "\"",
    "\"\"\"",
    "\\u{",
    "#",
    ",",
    "query",
    "mutation",
    "subscription",
    "fragment",
    "on",
    "true",
    "false",
    "null",
    "__typename",
    "__schema",
    "__type",
    "skip",
    "include",
    "if",
    "first",
    "id",
    "nodes",
    "1e999",
    "-0",
    "\u{feff}",
    "\u{0}",
    "é",
    "🦀",
];

/// The operations that the outside checks send to an API.
fn examples(api: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/checks/operations").join(api);
    let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
    files.map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

fn variables() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let names = prop_oneof![Just("id"), Just("first"), Just("input"), Just("slug"), Just("ids"), Just("filter")];
    let value = leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::hash_map("[a-zA-Z]{1,8}", inner, 0..8).prop_map(|map| map.into_iter().collect()),
        ]
    });
    prop::collection::hash_map(names, value, 0..3)
        .prop_map(|map| map.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

async fn send(router: &Router, query: &str, variables: &Value) -> String {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let request = Request::post("/graphql").header("content-type", "application/json").body(Body::from(body)).unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Sends mutated documents. A panic becomes an internal error, so no answer may contain one.
fn check(endpoint: Endpoint, examples: Vec<String>) {
    let endpoint = Arc::new(endpoint.hook(Arc::new(Stop)));
    let router = graphql_http::router([("/graphql", endpoint)], &CancellationToken::new());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for example in &examples {
        let answer = runtime.block_on(send(&router, example, &json!({})));
        assert!(!answer.contains("\"INTERNAL\""), "{answer}");
    }
    fuzz::fuzz(&(fuzz::mutated(examples, WORDS), variables()), |(query, variables)| {
        let answer = runtime.block_on(send(&router, &query, &variables));
        let parsed: Value = serde_json::from_str(&answer).unwrap();
        let errors = parsed.get("errors").and_then(Value::as_array).unwrap();
        assert!((1..=20).contains(&errors.len()), "{answer}");
        assert!(!answer.contains("\"INTERNAL\""), "{answer}");
    });
}

#[test]
fn storefront_documents() {
    let endpoint = Endpoint::new("storefront", Limits::default(), schema_storefront::builder).unwrap();
    check(endpoint.field_costs(&schema_storefront::FIELD_COSTS.concat()), examples("storefront"));
}

#[test]
fn admin_documents() {
    let endpoint = Endpoint::new("admin", Limits::default(), schema_admin::builder).unwrap();
    check(endpoint.field_costs(&schema_admin::FIELD_COSTS.concat()), examples("admin"));
}
