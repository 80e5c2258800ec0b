//! Versioned writes.

use std::sync::Arc;

use persistence::{
    StoreError,
    documents::{Document, DocumentStore, ID_CONSTRAINT, Replacement},
};
use serde_json::json;

use super::{PRODUCTS, document, event, on_every_backend, read, renamed};

type Store = Arc<dyn DocumentStore>;

on_every_backend!(
    an_id_can_be_inserted_once,
    a_stale_version_is_rejected,
    a_deleted_document_is_not_found,
    one_concurrent_writer_succeeds_per_version,
    a_batch_replaces_the_documents_with_the_expected_versions,
    concurrent_batches_replace_each_version_once,
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

fn replacement(previous: &Document, name: &str) -> Replacement {
    Replacement { document: renamed(previous, name), expected: previous.version, event: event() }
}

async fn a_batch_replaces_the_documents_with_the_expected_versions(store: Store) {
    let mut documents = Vec::new();
    for id in ["a", "b", "c"] {
        documents.push(document(id, &[&format!("slug:{id}")]));
        store.insert(PRODUCTS, &documents[documents.len() - 1], &[]).await.unwrap();
    }
    store.delete(PRODUCTS, "c", 1, &[]).await.unwrap();
    let newer = renamed(&documents[1], "newer");
    store.replace(PRODUCTS, &newer, 1, &[]).await.unwrap();

    let batch: Vec<Replacement> =
        documents.iter().chain([&document("unknown", &[])]).map(|one| replacement(one, "new")).collect();
    let mut left = store.replace_many(PRODUCTS, &batch).await.unwrap();
    left.sort();
    assert_eq!(left, ["b", "c", "unknown"]);
    let replaced = read(&*store, "a").await.unwrap();
    assert_eq!((replaced.version, &replaced.body, &replaced.keys), (2, &json!({ "name": "new" }), &documents[0].keys));
    assert_eq!(read(&*store, "b").await, Some(newer));
    assert_eq!(read(&*store, "c").await, None);
    let changes = store.changes(PRODUCTS, None, 10).await.unwrap();
    assert_eq!(changes.iter().map(|change| change.id.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(changes[0].events, [batch[0].event.clone()]);

    // A second event follows the first one.
    let again = replacement(&replaced, "newest");
    assert_eq!(store.replace_many(PRODUCTS, std::slice::from_ref(&again)).await.unwrap(), Vec::<String>::new());
    let changes = store.changes(PRODUCTS, None, 10).await.unwrap();
    assert_eq!(
        (changes[0].pending, &changes[0].events),
        (batch[0].event.id, &vec![batch[0].event.clone(), again.event])
    );
    assert_eq!(store.replace_many(PRODUCTS, &[]).await.unwrap(), Vec::<String>::new());
}

async fn concurrent_batches_replace_each_version_once(store: Store) {
    const DOCUMENTS: usize = 20;
    let documents: Vec<Document> = (0..DOCUMENTS).map(|number| document(&format!("{number:02}"), &[])).collect();
    for one in &documents {
        store.insert(PRODUCTS, one, &[]).await.unwrap();
    }
    let batches = (0..6).map(|writer| {
        let mut batch: Vec<Replacement> = documents.iter().map(|one| replacement(one, &writer.to_string())).collect();
        if writer % 2 == 1 {
            batch.reverse();
        }
        let store = store.clone();
        tokio::spawn(async move { DOCUMENTS - store.replace_many(PRODUCTS, &batch).await.unwrap().len() })
    });
    let mut replaced = 0;
    for batch in batches.collect::<Vec<_>>() {
        replaced += batch.await.unwrap();
    }
    assert_eq!(replaced, DOCUMENTS);
    let versions = store.scan(PRODUCTS, None, 100).await.unwrap().into_iter().map(|one| one.version);
    assert_eq!(versions.collect::<Vec<_>>(), [2; DOCUMENTS]);
}
