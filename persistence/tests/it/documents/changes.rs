//! Pending events of documents and their transfer to the outbox.

use std::sync::Arc;

use persistence::documents::DocumentStore;

use super::{PRODUCTS, document, event, on_every_backend, read, renamed};

type Store = Arc<dyn DocumentStore>;

on_every_backend!(
    events_stay_pending_until_acknowledged,
    an_event_added_during_the_transfer_stays_pending,
    an_event_added_during_the_acknowledgment_stays_pending,
    a_tombstone_is_deleted_with_its_last_event,
    changes_are_paged_oldest_first,
);

async fn events_stay_pending_until_acknowledged(store: Store) {
    let first = document("a", &[]);
    let (created, renaming) = (event(), event());
    store.insert(PRODUCTS, &first, std::slice::from_ref(&created)).await.unwrap();
    store.replace(PRODUCTS, &renamed(&first, "b"), 1, std::slice::from_ref(&renaming)).await.unwrap();
    store.insert(PRODUCTS, &document("quiet", &[]), &[]).await.unwrap();

    let changes = store.changes(PRODUCTS, None, 10).await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].id.as_str(), changes[0].is_deleted), ("a", false));
    assert_eq!(changes[0].events, [created, renaming]);
    assert_eq!(store.changes(PRODUCTS, None, 10).await.unwrap(), changes);

    store.acknowledge(PRODUCTS, &changes).await.unwrap();
    store.acknowledge(PRODUCTS, &changes).await.unwrap();
    assert_eq!(store.changes(PRODUCTS, None, 10).await.unwrap(), []);
    assert_eq!(read(&*store, "a").await.unwrap().version, 2);
}

async fn an_event_added_during_the_transfer_stays_pending(store: Store) {
    let first = document("a", &[]);
    store.insert(PRODUCTS, &first, &[event()]).await.unwrap();
    let drained = store.changes(PRODUCTS, None, 10).await.unwrap();
    let later = event();
    store.replace(PRODUCTS, &renamed(&first, "b"), 1, std::slice::from_ref(&later)).await.unwrap();
    store.acknowledge(PRODUCTS, &drained).await.unwrap();

    let left = store.changes(PRODUCTS, None, 10).await.unwrap();
    assert_eq!(left.iter().flat_map(|change| &change.events).collect::<Vec<_>>(), [&later]);
    store.acknowledge(PRODUCTS, &left).await.unwrap();
    assert_eq!(store.changes(PRODUCTS, None, 10).await.unwrap(), []);
}

async fn an_event_added_during_the_acknowledgment_stays_pending(store: Store) {
    let mut current = document("a", &[]);
    store.insert(PRODUCTS, &current, &[event()]).await.unwrap();
    for round in 1..=100 {
        let drained = store.changes(PRODUCTS, None, 10).await.unwrap();
        let later = event();
        let next = persistence::documents::Document { version: round + 1, ..current.clone() };
        let (acknowledged, replaced) = tokio::join!(
            store.acknowledge(PRODUCTS, &drained),
            store.replace(PRODUCTS, &next, round, std::slice::from_ref(&later)),
        );
        acknowledged.unwrap();
        replaced.unwrap();
        let left = store.changes(PRODUCTS, None, 10).await.unwrap();
        assert_eq!(left.iter().flat_map(|change| &change.events).collect::<Vec<_>>(), [&later]);
        current = next;
    }
}

async fn a_tombstone_is_deleted_with_its_last_event(store: Store) {
    let (created, deleted) = (event(), event());
    store.insert(PRODUCTS, &document("a", &["slug:a"]), std::slice::from_ref(&created)).await.unwrap();
    store.delete(PRODUCTS, "a", 1, std::slice::from_ref(&deleted)).await.unwrap();
    assert_eq!(read(&*store, "a").await, None);

    let changes = store.changes(PRODUCTS, None, 10).await.unwrap();
    assert!(changes[0].is_deleted);
    assert_eq!(changes[0].events, [created, deleted]);
    store.acknowledge(PRODUCTS, &changes).await.unwrap();
    assert_eq!(store.changes(PRODUCTS, None, 10).await.unwrap(), []);
    // The document is deleted completely, so the id is free.
    store.insert(PRODUCTS, &document("a", &[]), &[]).await.unwrap();
}

async fn changes_are_paged_oldest_first(store: Store) {
    for id in ["c", "a", "b"] {
        store.insert(PRODUCTS, &document(id, &[]), &[event()]).await.unwrap();
    }
    let first = store.changes(PRODUCTS, None, 2).await.unwrap();
    let second = store.changes(PRODUCTS, Some(first[1].pending), 2).await.unwrap();
    let ids: Vec<&str> = first.iter().chain(&second).map(|change| change.id.as_str()).collect();
    assert_eq!(ids, ["c", "a", "b"]);
}
