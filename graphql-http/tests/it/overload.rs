//! Operations under overload.

use std::time::Duration;

use graphql_http::{ByPriority, GateLimits, QueueLimits};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::test_server::TestServer;

/// One place; queries do not wait for it.
fn one_place() -> GateLimits {
    let queue = QueueLimits { concurrent: 1, waiting: 10, wait: Duration::from_mins(1) };
    let low = QueueLimits { waiting: 0, ..queue };
    GateLimits { concurrent: 1, queues: ByPriority { critical: queue, high: queue, medium: queue, low } }
}

fn send(server: &TestServer, query: &str) -> JoinHandle<Value> {
    let request = server.client.post(&server.url).json(&json!({ "query": query }));
    tokio::spawn(async move { request.send().await.unwrap().json().await.unwrap() })
}

#[tokio::test]
async fn low_priorities_are_rejected_and_high_ones_wait() {
    let server = TestServer::gated(one_place()).await;
    let running = send(&server, "mutation { pass }");
    server.gate.begun.acquire().await.unwrap().forget();

    let page = server.client.post(&server.url).json(&json!({ "query": "{ shop { name } }" })).send().await.unwrap();
    assert_eq!((page.status().as_u16(), &page.headers()["retry-after"]), (503, &"1".parse().unwrap()));
    let page: Value = page.json().await.unwrap();
    assert_eq!(page["errors"][0]["extensions"]["code"], "UNAVAILABLE");

    let waiting = send(&server, "mutation { rename(name: \"x\") }");
    server.gate.open.add_permits(1);
    assert_eq!(running.await.unwrap()["data"], json!({ "pass": true }));
    assert_eq!(waiting.await.unwrap()["data"], json!({ "rename": "x" }));
    assert_eq!(server.ask("{ shop { name } }", json!({})).await["data"]["shop"]["name"], "shop");
}

#[tokio::test]
async fn a_mutation_keeps_its_place_after_its_client_has_left() {
    let server = TestServer::gated(one_place()).await;
    let running = send(&server, "mutation { pass }");
    server.gate.begun.acquire().await.unwrap().forget();
    running.abort();
    let page = server.ask("{ shop { name } }", json!({})).await;
    assert_eq!(page["errors"][0]["extensions"]["code"], "UNAVAILABLE");
    let waiting = send(&server, "mutation { rename(name: \"x\") }");
    server.gate.open.add_permits(1);
    assert_eq!(waiting.await.unwrap()["data"], json!({ "rename": "x" }));
}
