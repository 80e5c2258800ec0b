//! One suite for all document backends: each test runs on MongoDB and on Postgres.

mod backends;
mod changes;
mod claims;
mod reads;
mod recovery;
mod writes;

use model::{events::DomainEvent, ids::ProductId};
use persistence::documents::{Collection, Document, DocumentStore, PendingEvent};
use serde_json::json;

/// Declares one test per behavior and backend.
macro_rules! on_every_backend {
    ($($behavior:ident),* $(,)?) => {
        mod mongo {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $behavior() {
                let backend = $crate::documents::backends::Mongo::new().await;
                super::$behavior(backend.store.clone()).await;
                backend.drop().await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $behavior() {
                let backend = $crate::documents::backends::Postgres::new().await;
                super::$behavior(backend.store.clone()).await;
            })*
        }
    };
}
use on_every_backend;

const PRODUCTS: Collection = Collection::Products;

/// A document with an id and keys.
fn document(id: &str, keys: &[&str]) -> Document {
    let keys = keys.iter().map(|&key| key.to_owned()).collect();
    Document { id: id.to_owned(), version: 1, keys, body: json!({ "name": id }), expires_at: None }
}

/// The next version of a document, with another name.
fn renamed(document: &Document, name: &str) -> Document {
    Document { version: document.version + 1, body: json!({ "name": name }), ..document.clone() }
}

fn event() -> PendingEvent {
    PendingEvent::new(DomainEvent::ProductChanged { id: ProductId::new() })
}

async fn read(store: &dyn DocumentStore, id: &str) -> Option<Document> {
    store.get_many(PRODUCTS, &[id.to_owned()]).await.unwrap().pop()
}
