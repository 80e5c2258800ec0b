//! Batch reads, paging and expiry.

use std::sync::Arc;

use model::Timestamp;
use persistence::documents::{Collection, Document, DocumentStore};
use serde_json::json;

use super::{PRODUCTS, document, on_every_backend, read, renamed};

type Store = Arc<dyn DocumentStore>;

on_every_backend!(
    a_body_is_read_as_it_was_written,
    two_thousand_ids_are_read_in_batches,
    scans_return_each_document_once_while_others_are_added,
    collections_are_separate,
    an_expiry_is_stored_and_can_be_removed,
);

async fn a_body_is_read_as_it_was_written(store: Store) {
    let body = json!({ "text": "Größe ☃", "whole": 9_007_199_254_740_993_i64, "part": 1.5, "none": null,
        "$date": "2026-01-01", "a.b": { "": [true, [], {}] } });
    let written = Document { body, ..document("a", &["slug:a"]) };
    store.insert(PRODUCTS, &written, &[]).await.unwrap();
    assert_eq!(read(&*store, "a").await, Some(written));
    store.ping().await.unwrap();
}

async fn two_thousand_ids_are_read_in_batches(store: Store) {
    let ids: Vec<String> = (0..2_000).map(|number| format!("{number:05}")).collect();
    let written = ids.iter().step_by(20);
    let inserts = written.map(|id| {
        let store = store.clone();
        let new = document(id, &[]);
        async move { store.insert(PRODUCTS, &new, &[]).await.unwrap() }
    });
    futures_util::StreamExt::for_each_concurrent(futures_util::stream::iter(inserts), 8, |insert| insert).await;

    let (found, statements) = persistence::statements::counted(store.get_many(PRODUCTS, &ids)).await;
    let mut found: Vec<String> = found.unwrap().into_iter().map(|document| document.id).collect();
    found.sort();
    assert_eq!(found, ids.iter().step_by(20).cloned().collect::<Vec<_>>());
    assert_eq!(statements, 2);
    assert_eq!(store.get_many(PRODUCTS, &[]).await.unwrap(), []);
}

async fn scans_return_each_document_once_while_others_are_added(store: Store) {
    for id in ["b", "d", "f", "h"] {
        store.insert(PRODUCTS, &document(id, &[]), &[]).await.unwrap();
    }
    let first = store.scan(PRODUCTS, None, 2).await.unwrap();
    store.insert(PRODUCTS, &document("a", &[]), &[]).await.unwrap();
    store.insert(PRODUCTS, &document("e", &[]), &[]).await.unwrap();
    store.delete(PRODUCTS, "f", 1, &[]).await.unwrap();
    let second = store.scan(PRODUCTS, Some(&first.last().unwrap().id), 2).await.unwrap();
    let third = store.scan(PRODUCTS, Some(&second.last().unwrap().id), 2).await.unwrap();
    let ids = |page: &[Document]| page.iter().map(|document| document.id.clone()).collect::<Vec<_>>();
    assert_eq!((ids(&first), ids(&second)), (vec!["b".into(), "d".into()], vec!["e".into(), "h".into()]));
    assert_eq!(third, []);
    let last = store.scan_back(PRODUCTS, None, 3).await.unwrap();
    let before = store.scan_back(PRODUCTS, Some(&last.last().unwrap().id), 9).await.unwrap();
    assert_eq!((ids(&last), ids(&before)), (vec!["h".into(), "e".into(), "d".into()], vec!["b".into(), "a".into()]));
    assert_eq!(store.count(PRODUCTS).await.unwrap(), 5);
}

async fn collections_are_separate(store: Store) {
    store.insert(PRODUCTS, &document("a", &[]), &[]).await.unwrap();
    store.insert(Collection::Categories, &document("a", &[]), &[]).await.unwrap();
    store.delete(PRODUCTS, "a", 1, &[]).await.unwrap();
    assert_eq!(store.scan(PRODUCTS, None, 10).await.unwrap(), []);
    assert_eq!(store.scan(Collection::Categories, None, 10).await.unwrap().len(), 1);
}

async fn an_expiry_is_stored_and_can_be_removed(store: Store) {
    let far: Timestamp = "2999-01-01T00:00:00Z".parse().unwrap();
    let session = Document { expires_at: Some(far), ..document("s", &[]) };
    store.insert(Collection::Sessions, &session, &[]).await.unwrap();
    let found = store.get_many(Collection::Sessions, &["s".to_owned()]).await.unwrap();
    assert_eq!(found, vec![session.clone()]);
    assert_eq!(store.remove_expired("2998-12-31T00:00:00Z".parse().unwrap()).await.unwrap(), 0);

    let lasting = Document { expires_at: None, ..renamed(&session, "lasting") };
    store.replace(Collection::Sessions, &lasting, 1, &[]).await.unwrap();
    let found = store.get_many(Collection::Sessions, &["s".to_owned()]).await.unwrap();
    assert_eq!(found, vec![lasting]);
}

/// Only Postgres needs a call to delete expired documents.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_removes_expired_sessions_when_asked() {
    let backend = super::backends::Postgres::new().await;
    let at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    for (id, expires_at) in [("old", Some(at)), ("lasting", None)] {
        let session = Document { expires_at, ..document(id, &[]) };
        backend.store.insert(Collection::Sessions, &session, &[]).await.unwrap();
    }
    assert_eq!(backend.store.remove_expired(at).await.unwrap(), 1);
    let left = backend.store.scan(Collection::Sessions, None, 10).await.unwrap();
    assert_eq!(left.into_iter().map(|session| session.id).collect::<Vec<_>>(), ["lasting"]);
}
