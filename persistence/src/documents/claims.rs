//! Unique keys without unique indexes, so that they are unique on a sharded cluster too.
//!
//! A key is claimed before its document is written. A crash in between leaves a claim whose owner does not hold the
//! key; the next writer that needs the key takes over that claim. The old owner may still be about to write, so both
//! sides check again after their own write. The new owner checks if the old owner holds the key now, and then returns
//! the claim. The old owner checks if it still has the claim, and otherwise undoes its write. At least one of them sees
//! the other's write.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;

use super::{Collection, Document, DocumentStore};
use crate::StoreResult;

/// The time that the owner of a claim has to write its document: many times what a healthy store needs.
const LOOKS: usize = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// A document that claims keys; it may not exist yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner {
    /// The collection of the document.
    pub collection: Collection,
    /// The id of the document.
    pub id: String,
}

/// The result of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Claim {
    /// All keys are claimed by the owner.
    Held,
    /// This key belongs to another document, so the document must not be written.
    Taken(String),
}

/// The operations of a backend on single claims; the protocol above them is shared.
#[async_trait]
pub(super) trait ClaimRows: DocumentStore {
    /// Inserts a claim for each key that has none.
    async fn put_claims(&self, owner: &Owner, keys: &[String]) -> StoreResult<()>;

    /// The owners of the claims of keys.
    async fn claims_of(&self, keys: &[String]) -> StoreResult<HashMap<String, Owner>>;

    /// Moves a claim to another owner if it still belongs to `from`; false otherwise.
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
        // Keep the keys claimed before this one: another writer of the same document may rely on them.
        if !contest(store, key, owner).await? {
            return Ok(Claim::Taken(key.clone()));
        }
    }
    Ok(Claim::Held)
}

/// Takes over a key that another document claims, unless that document holds it. Waits first, because the other writer
/// may be about to write: taking over at once would be safe, but then all of several concurrent writers of one key
/// could fail.
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

/// Takes over a claim whose owner does not hold the key, as after a crash.
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
