//! A subscription over server-sent events.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::eventually;

const PATIENCE: Duration = Duration::from_secs(30);

/// The results of one subscription in order of arrival.
pub struct Stream {
    response: reqwest::Response,
    text: String,
}

impl Stream {
    /// Subscribes to the storefront API of a server, `host:port`.
    pub async fn open(address: &str, query: &str) -> Self {
        let request = reqwest::Client::new().post(format!("http://{address}/graphql"));
        let request = request.header("content-type", "application/json").header("accept", "text/event-stream");
        let response = request.body(json!({ "query": query }).to_string()).send().await.unwrap();
        assert_eq!(response.status(), 200);
        Self { response, text: String::new() }
    }

    /// The first result while changes are repeated, because the subscription may start after the first change.
    pub async fn first_while(mut self, mut change: impl AsyncFnMut()) -> Value {
        let first = tokio::spawn(async move { self.read().await });
        eventually("a result of the subscription", PATIENCE, async || {
            change().await;
            first.is_finished().then_some(())
        })
        .await;
        first.await.unwrap()
    }

    async fn read(&mut self) -> Value {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let data = event.strip_prefix("event: next\ndata: ").map(|data| serde_json::from_str(data).unwrap());
                self.text = String::from(rest);
                if let Some(result) = data {
                    return result;
                }
            }
            let chunk = self.response.chunk().await.unwrap().expect("the stream goes on");
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}
