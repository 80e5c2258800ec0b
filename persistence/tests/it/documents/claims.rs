//! Unique keys of documents.

use std::sync::Arc;

use persistence::documents::{self, Claim, DocumentStore, KeyedError, Owner};

use super::{PRODUCTS, document, event, on_every_backend, read, renamed};

type Store = Arc<dyn DocumentStore>;

on_every_backend!(
    a_document_is_found_by_its_key,
    documents_are_found_by_many_keys,
    a_key_belongs_to_one_document,
    one_of_concurrent_claims_succeeds,
    one_of_concurrent_changes_to_a_key_succeeds,
    a_claim_left_by_a_crash_is_taken_over,
    one_of_concurrent_takeovers_succeeds,
    a_writer_that_lost_its_claim_undoes_its_write,
    the_keys_of_a_deleted_document_are_free,
    a_removed_key_is_free,
);

fn owner(id: &str) -> Owner {
    Owner { collection: PRODUCTS, id: id.to_owned() }
}

fn keys(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|&key| key.to_owned()).collect()
}

async fn insert(store: &Store, id: &str, keys: &[&str]) -> Result<(), KeyedError> {
    documents::insert(&**store, PRODUCTS, &document(id, keys), &[event()]).await
}

async fn a_document_is_found_by_its_key(store: Store) {
    insert(&store, "a", &["slug:a", "ref:1"]).await.unwrap();
    assert_eq!(store.find_by_key("ref:1").await.unwrap().unwrap().id, "a");
    assert_eq!(store.find_by_key("ref:2").await.unwrap(), None);
}

async fn documents_are_found_by_many_keys(store: Store) {
    insert(&store, "a", &["slug:a", "ref:1"]).await.unwrap();
    insert(&store, "b", &["slug:b"]).await.unwrap();
    let category = document("a", &["category:slug:a"]);
    documents::insert(&*store, persistence::documents::Collection::Categories, &category, &[]).await.unwrap();
    assert_eq!(store.claim(&owner("crashed"), &keys(&["slug:c"])).await.unwrap(), Claim::Held);
    let wanted = keys(&["ref:1", "slug:a", "slug:b", "slug:c", "slug:d", "category:slug:a"]);
    let found = store.find_by_keys(&wanted).await.unwrap();
    let mut found: Vec<(&str, &str)> = found.iter().map(|(key, found)| (key.as_str(), found.id.as_str())).collect();
    found.sort_unstable();
    assert_eq!(found, [("category:slug:a", "a"), ("ref:1", "a"), ("slug:a", "a"), ("slug:b", "b")]);
    assert!(store.find_by_keys(&[]).await.unwrap().is_empty());
}

async fn a_key_belongs_to_one_document(store: Store) {
    insert(&store, "a", &["slug:a"]).await.unwrap();
    let taken = insert(&store, "b", &["slug:b", "slug:a"]).await;
    assert!(matches!(taken, Err(KeyedError::Taken(key)) if key == "slug:a"));
    assert_eq!(read(&*store, "b").await, None);
    // The other key of the rejected document is not lost.
    insert(&store, "c", &["slug:b"]).await.unwrap();
}

async fn one_of_concurrent_claims_succeeds(store: Store) {
    let writers: Vec<_> = (0..32)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move { insert(&store, &format!("p{writer:02}"), &["slug:same"]).await })
        })
        .collect();
    let mut won = 0;
    for writer in writers {
        match writer.await.unwrap() {
            Ok(()) => won += 1,
            Err(KeyedError::Taken(key)) => assert_eq!(key, "slug:same"),
            Err(KeyedError::Store(error)) => panic!("{error}"),
        }
    }
    let written = store.scan(PRODUCTS, None, 100).await.unwrap();
    assert_eq!((won, written.len()), (1, 1));
    assert_eq!(store.find_by_key("slug:same").await.unwrap().unwrap().id, written[0].id);
}

async fn one_of_concurrent_changes_to_a_key_succeeds(store: Store) {
    let mut writers = Vec::new();
    for writer in 0..8 {
        let id = format!("p{writer}");
        insert(&store, &id, &[&format!("slug:{writer}")]).await.unwrap();
        let previous = read(&*store, &id).await.unwrap();
        let mut next = renamed(&previous, "wants the key");
        next.keys.push("slug:same".to_owned());
        let store = store.clone();
        writers.push(tokio::spawn(
            async move { documents::replace(&*store, PRODUCTS, &previous, &next, &[event()]).await },
        ));
    }
    let mut won = 0;
    for writer in writers {
        won += usize::from(writer.await.unwrap().is_ok());
    }
    let holders = store.scan(PRODUCTS, None, 100).await.unwrap();
    let holders = holders.iter().filter(|document| document.keys.contains(&"slug:same".to_owned())).count();
    assert_eq!((won, holders), (1, 1));
}

async fn a_claim_left_by_a_crash_is_taken_over(store: Store) {
    assert_eq!(store.claim(&owner("crashed"), &keys(&["slug:a"])).await.unwrap(), Claim::Held);
    assert_eq!(store.find_by_key("slug:a").await.unwrap(), None);
    insert(&store, "retry", &["slug:a"]).await.unwrap();
    assert_eq!(store.find_by_key("slug:a").await.unwrap().unwrap().id, "retry");
}

async fn one_of_concurrent_takeovers_succeeds(store: Store) {
    assert_eq!(store.claim(&owner("crashed"), &keys(&["slug:same"])).await.unwrap(), Claim::Held);
    one_of_concurrent_claims_succeeds(store).await;
}

async fn a_writer_that_lost_its_claim_undoes_its_write(store: Store) {
    // The slow writer has claimed the key and is about to write; another one takes over the claim and writes first.
    assert_eq!(store.claim(&owner("slow"), &keys(&["slug:a"])).await.unwrap(), Claim::Held);
    insert(&store, "quick", &["slug:a"]).await.unwrap();
    assert!(!store.owns(&owner("slow"), &keys(&["slug:a"])).await.unwrap());
    assert!(matches!(insert(&store, "slow", &["slug:a"]).await, Err(KeyedError::Taken(_))));
    assert_eq!(read(&*store, "slow").await, None);
}

async fn the_keys_of_a_deleted_document_are_free(store: Store) {
    insert(&store, "a", &["slug:a"]).await.unwrap();
    let written = read(&*store, "a").await.unwrap();
    documents::delete(&*store, PRODUCTS, &written, &[event()]).await.unwrap();
    insert(&store, "b", &["slug:a"]).await.unwrap();
}

async fn a_removed_key_is_free(store: Store) {
    insert(&store, "a", &["slug:a"]).await.unwrap();
    let first = read(&*store, "a").await.unwrap();
    let mut second = renamed(&first, "moved");
    second.keys = keys(&["slug:b"]);
    documents::replace(&*store, PRODUCTS, &first, &second, &[]).await.unwrap();
    assert_eq!(store.find_by_key("slug:a").await.unwrap(), None);
    insert(&store, "b", &["slug:a"]).await.unwrap();
    assert_eq!(store.find_by_key("slug:b").await.unwrap().unwrap().id, "a");
}
