//! Server-sent events, in the distinct connections mode of graphql-sse.

use serde_json::{Value, json};

use crate::test_server::TestServer;

async fn events(server: &TestServer, query: &str) -> (u16, String) {
    let request =
        server.client.post(&server.url).header("accept", "text/event-stream").json(&json!({ "query": query }));
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

fn results(text: &str) -> Vec<Value> {
    let data = text.split("\n\n").filter_map(|event| event.strip_prefix("event: next\ndata: "));
    data.map(|data| serde_json::from_str(data).unwrap()).collect()
}

#[tokio::test]
async fn subscriptions_queries_and_mutations_are_streamed() {
    let server = TestServer::start().await;
    let (status, text) = events(&server, "subscription { count(to: 3) }").await;
    let counts: Vec<Value> = results(&text).iter().map(|result| result["data"]["count"].clone()).collect();
    assert_eq!((status, counts), (200, vec![json!(0), json!(1), json!(2)]));
    assert!(text.ends_with("event: complete\ndata:\n\n"), "{text}");
    for query in ["{ shop { name } }", "mutation { rename(name: \"x\") }", "{ nothing }"] {
        let (status, text) = events(&server, query).await;
        assert_eq!((status, results(&text).len()), (200, 1));
        assert!(text.ends_with("event: complete\ndata:\n\n"), "{text}");
    }
}

#[tokio::test]
async fn mutations_by_get_are_rejected_for_event_streams() {
    let server = TestServer::start().await;
    let url = reqwest::Url::parse_with_params(&server.url, [("query", "mutation { rename(name: \"x\") }")]).unwrap();
    let response = server.client.get(url).header("accept", "text/event-stream").send().await.unwrap();
    assert_eq!(response.status(), 405);
    let url = reqwest::Url::parse_with_params(&server.url, [("query", "subscription { count(to: 1) }")]).unwrap();
    let response = server.client.get(url).header("accept", "text/event-stream").send().await.unwrap();
    assert_eq!(results(&response.text().await.unwrap()).len(), 1);
}

#[tokio::test]
async fn a_shutdown_ends_the_stream_without_complete() {
    let server = TestServer::start().await;
    let request = server.client.post(&server.url).header("accept", "text/event-stream");
    let mut response = request.json(&json!({ "query": "subscription { waiting { name } }" })).send().await.unwrap();
    let mut text = String::new();
    while !text.contains("event: next") {
        text.push_str(std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap());
    }
    server.shutdown.cancel();
    while let Some(chunk) = response.chunk().await.unwrap() {
        text.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert!(!text.contains("complete"), "{text}");
}

#[tokio::test]
async fn a_panic_ends_the_stream_with_an_internal_error() {
    let server = TestServer::start().await;
    let (_, text) = events(&server, "subscription { panicking }").await;
    let results = results(&text);
    assert_eq!(results[1]["errors"][0]["extensions"]["code"], "INTERNAL");
    assert!(!text.contains("secret"));
}

#[tokio::test]
async fn plain_requests_cannot_subscribe() {
    let server = TestServer::start().await;
    let (status, answer) = server.post("application/json", &json!({ "query": "subscription { count(to: 1) }" })).await;
    assert_eq!(status, 400);
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("websocket"));
}
