//! Versioned writes.

use std::sync::Arc;

use persistence::{
    StoreError,
    documents::{DocumentStore, ID_CONSTRAINT},
};
use serde_json::json;

use super::{PRODUCTS, document, event, on_every_backend, read, renamed};

type Store = Arc<dyn DocumentStore>;

on_every_backend!(
    an_id_can_be_inserted_once,
    a_stale_version_is_rejected,
    a_deleted_document_is_not_found,
    one_concurrent_writer_succeeds_per_version,
);

async fn an_id_can_be_inserted_once(store: Store) {
    store.insert(PRODUCTS, &document("a", &[]), &[]).await.unwrap();
    let again = store.insert(PRODUCTS, &document("a", &[]), &[]).await;
    assert!(again.unwrap_err().is_constraint(ID_CONSTRAINT));
}

async fn a_stale_version_is_rejected(store: Store) {
    let first = document("a", &[]);
    store.insert(PRODUCTS, &first, &[]).await.unwrap();
    let second = renamed(&first, "second");
    store.replace(PRODUCTS, &second, 1, &[event()]).await.unwrap();

    let stale = store.replace(PRODUCTS, &renamed(&first, "stale"), 1, &[event()]).await;
    assert!(matches!(stale, Err(StoreError::VersionConflict)), "{stale:?}");
    let stale = store.delete(PRODUCTS, "a", 1, &[event()]).await;
    assert!(matches!(stale, Err(StoreError::VersionConflict)), "{stale:?}");
    assert_eq!(read(&*store, "a").await, Some(second));
    assert_eq!(store.changes(PRODUCTS, None, 10).await.unwrap()[0].events.len(), 1);
}

async fn a_deleted_document_is_not_found(store: Store) {
    let first = document("a", &[]);
    assert!(matches!(store.replace(PRODUCTS, &first, 1, &[]).await, Err(StoreError::NotFound)));
    assert!(matches!(store.delete(PRODUCTS, "a", 1, &[]).await, Err(StoreError::NotFound)));
    store.insert(PRODUCTS, &first, &[event()]).await.unwrap();
    store.delete(PRODUCTS, "a", 1, &[event()]).await.unwrap();
    assert!(matches!(store.replace(PRODUCTS, &renamed(&first, "b"), 1, &[]).await, Err(StoreError::NotFound)));
    assert!(matches!(store.delete(PRODUCTS, "a", 1, &[]).await, Err(StoreError::NotFound)));
    assert_eq!(read(&*store, "a").await, None);
}

/// Writes until no other writer was faster, and returns the written version.
async fn win(store: &Store, writer: i64) -> i64 {
    loop {
        let mut next = read(&**store, "a").await.unwrap();
        let expected = next.version;
        next.version += 1;
        next.body = json!({ "writer": writer });
        match store.replace(PRODUCTS, &next, expected, &[event()]).await {
            Ok(()) => return next.version,
            Err(StoreError::VersionConflict) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

async fn one_concurrent_writer_succeeds_per_version(store: Store) {
    const WRITERS: i64 = 16;
    const WINS: i64 = 3;
    store.insert(PRODUCTS, &document("a", &[]), &[]).await.unwrap();
    let writers = (0..WRITERS).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut wins = Vec::new();
            for _ in 0..WINS {
                wins.push(win(&store, writer).await);
            }
            wins
        })
    });
    let mut won: Vec<i64> = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        won.extend(writer.await.unwrap());
    }
    won.sort_unstable();
    assert_eq!(won, (2..=1 + WINS * WRITERS).collect::<Vec<_>>());
    assert_eq!(store.changes(PRODUCTS, None, 10).await.unwrap()[0].events.len(), won.len());
}
