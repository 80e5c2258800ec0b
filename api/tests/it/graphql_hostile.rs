//! The hostile requests against a running shop. Set `HOSTILE_URL` to send them to another running server.

#[path = "../../../graphql-http/tests/it/attacks.rs"]
mod attacks;

use serde_json::{Value, json};

use self::attacks::{attack_all, shared_fragment};
use crate::processes::{Plan, Processes};

#[tokio::test]
async fn hostile_requests_are_refused_by_a_running_shop() {
    if let Ok(url) = std::env::var("HOSTILE_URL") {
        return attack_all(&url).await;
    }
    let shop = Processes::start(Plan { workers: 0, ..Plan::default() }).await;
    for path in ["graphql", "admin/graphql"] {
        attack_all(&format!("http://{}/{path}", shop.servers[0].address)).await;
    }
}

/// Documents with a small text must not use much memory.
#[tokio::test]
async fn operations_with_a_large_fragment_use_bounded_memory() {
    let shop = Processes::start(Plan { workers: 0, ..Plan::default() }).await;
    let client = reqwest::Client::new();
    let url = format!("http://{}/graphql", shop.servers[0].address);
    for number in 0..50 {
        let mut body: Value = serde_json::from_slice(&shared_fragment(number).body).unwrap();
        body["operationName"] = json!(format!("Q{number}x0"));
        let answer: Value = client.post(&url).json(&body).send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX", "{answer}");
    }
    let resident = shop.servers[0].resident_mib();
    assert!(resident < 400, "{resident} MiB");
}
