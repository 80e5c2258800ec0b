//! Unique keys without unique indexes, so that they hold on a sharded cluster as well.
//!
//! A key is claimed before its document is written. A crash in between leaves a claim whose owner does not hold the
//! key, and whoever wants the key next takes that claim over. The owner may be alive and about to write, so both sides
//! look again after their own write: the taker whether the owner holds the key now (then it gives the claim back), the
//! owner whether it still has the claim (then not, it undoes its write). At least one of them sees the other.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;

use super::{Collection, Document, DocumentStore};
use crate::StoreResult;

/// How long the owner of a claim may take to write its document: many times what it takes when nothing is wrong.
const LOOKS: usize = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The document that claims keys; it need not exist yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner {
    /// Its collection.
    pub collection: Collection,
    /// Its id.
    pub id: String,
}

/// How a claim went.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Claim {
    /// All keys are the owner's.
    Held,
    /// This key belongs to another document, so nothing may be written.
    Taken(String),
}

/// What a backend does with single claims; the protocol over them is the same for all.
#[async_trait]
pub(super) trait ClaimRows: DocumentStore {
    /// Writes a claim for each key that has none.
    async fn put_claims(&self, owner: &Owner, keys: &[String]) -> StoreResult<()>;

    /// Who claims these keys.
    async fn claims_of(&self, keys: &[String]) -> StoreResult<HashMap<String, Owner>>;

    /// Gives a claim to another owner if it is still `from`'s, and says whether it was.
    async fn move_claim(&self, key: &str, from: &Owner, to: &Owner) -> StoreResult<bool>;
}

pub(super) async fn claim(store: &impl ClaimRows, owner: &Owner, keys: &[String]) -> StoreResult<Claim> {
    if keys.is_empty() {
        return Ok(Claim::Held);
    }
    let before = store.claims_of(keys).await?;
    let absent: Vec<String> = keys.iter().filter(|key| !before.contains_key(*key)).cloned().collect();
    if !absent.is_empty() {
        store.put_claims(owner, &absent).await?;
    }
    let after = if absent.is_empty() { before } else { store.claims_of(keys).await? };
    for key in keys.iter().filter(|key| after.get(*key) != Some(owner)) {
        // Keys claimed before this one stay so: giving them up could rob another writer of the same document.
        if !contest(store, key, owner).await? {
            return Ok(Claim::Taken(key.clone()));
        }
    }
    Ok(Claim::Held)
}

/// Gets a key that somebody else claims, unless they hold it. They may be about to write, so they are given a moment
/// first: taking over at once would be safe, but of many writers of one key none might win.
async fn contest(store: &impl ClaimRows, key: &String, owner: &Owner) -> StoreResult<bool> {
    let mut rival = None;
    for _ in 0..LOOKS {
        match store.claims_of(std::slice::from_ref(key)).await?.remove(key) {
            None => store.put_claims(owner, std::slice::from_ref(key)).await?,
            Some(found) if found == *owner => return Ok(true),
            Some(found) if holds(store, &found, key).await? => return Ok(false),
            Some(found) => {
                rival = Some(found);
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
        }
    }
    match rival {
        Some(rival) => take_over(store, key, &rival, owner).await,
        None => Ok(false),
    }
}

pub(super) async fn owns(store: &impl ClaimRows, owner: &Owner, keys: &[String]) -> StoreResult<bool> {
    if keys.is_empty() {
        return Ok(true);
    }
    let claims = store.claims_of(keys).await?;
    Ok(keys.iter().all(|key| claims.get(key) == Some(owner)))
}

/// Takes a claim from an owner that does not hold the key. It happens after a crash, one key at a time.
async fn take_over(store: &impl ClaimRows, key: &str, from: &Owner, to: &Owner) -> StoreResult<bool> {
    if holds(store, from, key).await? || !store.move_claim(key, from, to).await? {
        return Ok(false);
    }
    if holds(store, from, key).await? {
        store.move_claim(key, to, from).await?;
        return Ok(false);
    }
    Ok(true)
}

async fn holds(store: &impl ClaimRows, owner: &Owner, key: &str) -> StoreResult<bool> {
    let found = store.get_many(owner.collection, std::slice::from_ref(&owner.id)).await?;
    Ok(found.first().is_some_and(|document: &Document| document.keys.iter().any(|held| held == key)))
}
