//! The operations of the contract, with the number of statements that the server sent for each.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use serde_json::Value;
use testkit::{Answer, GraphqlClient, eventually};

const SOON: Duration = Duration::from_secs(30);

/// The documents by the names of their operations, and the server that counts.
pub struct Contract {
    metrics: String,
    documents: BTreeMap<String, String>,
    sent: AtomicUsize,
}

impl Contract {
    /// Reads the operations, for a server at `host:port`.
    pub fn read(server: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/checks/operations");
        let mut documents = BTreeMap::new();
        for api in ["storefront", "admin"] {
            for file in fs::read_dir(root.join(api)).unwrap() {
                documents.extend(operations(&fs::read_to_string(file.unwrap().path()).unwrap()));
            }
        }
        Self { metrics: format!("http://{server}/metrics"), documents, sent: AtomicUsize::new(0) }
    }

    /// The names of all operations except subscriptions, whose events are not counted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let counted = self.documents.iter().filter(|(_, document)| !document.starts_with("subscription"));
        counted.map(|(name, _)| name.as_str())
    }

    /// Sends an operation with fresh idempotency keys and names, after replacing parts of the document that name
    /// objects which exist only once.
    pub async fn send(
        &self,
        client: &GraphqlClient,
        name: &str,
        variables: Value,
        replaced: &[(&str, &str)],
    ) -> Answer {
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        let document = self.documents[name].replace("idempotencyKey: \"", &format!("idempotencyKey: \"{number}-"));
        let document = document.replace("JP cards", &format!("JP cards {number}"));
        let document = replaced.iter().fold(document, |document, (from, to)| document.replace(from, to));
        let answer = client.gql(&document, variables).await;
        assert!(answer.body.get("errors").is_none(), "{name}: {}", answer.body);
        answer
    }

    /// Waits until the server has applied every event, because events invalidate cached entries.
    pub async fn settle(&self) {
        eventually("every event is applied", SOON, async || {
            let text = self.scrape().await;
            let gauge = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim() == "0";
            (gauge("mercator_outbox_unpublished_events ") && gauge("mercator_events_behind ")).then_some(())
        })
        .await;
    }

    async fn scrape(&self) -> String {
        reqwest::get(&self.metrics).await.unwrap().text().await.unwrap()
    }

    /// Number of statements that all operations of a name have sent so far.
    pub async fn statements(&self, name: &str) -> u64 {
        let text = self.scrape().await;
        let label = format!("operation=\"{name}\"");
        let sums = text.lines().filter(|line| line.starts_with("mercator_graphql_statements_sum{"));
        let sum = sums.filter(|line| line.contains(&label)).filter_map(|line| line.rsplit_once(' '));
        sum.map(|(_, value)| value.parse::<u64>().unwrap()).sum()
    }
}

/// The operations of a file; each starts on a new line.
fn operations(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let kinds = ["query ", "mutation ", "subscription "];
        if let Some(rest) = kinds.iter().find_map(|kind| line.strip_prefix(kind)) {
            let name = rest.split(|letter: char| !letter.is_alphanumeric()).next().unwrap();
            found.push((name.to_owned(), String::new()));
        }
        if let Some((_, document)) = found.last_mut() {
            document.push_str(line);
            document.push('\n');
        }
    }
    found
}
