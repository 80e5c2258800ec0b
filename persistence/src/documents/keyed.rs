//! Writes of documents with unique keys: claim, write, look again.

use super::{Claim, Collection, Document, DocumentStore, Owner, PendingEvent};
use crate::StoreError;

/// Why a document with keys was not written.
#[derive(Debug, thiserror::Error)]
pub enum KeyedError {
    /// Another document has this key.
    #[error("the key {0} belongs to another document")]
    Taken(String),
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Claims the keys of a new document and writes it.
///
/// # Errors
/// [`KeyedError::Taken`], or the store's.
pub async fn insert(
    store: &dyn DocumentStore,
    collection: Collection,
    document: &Document,
    events: &[PendingEvent],
) -> Result<(), KeyedError> {
    let owner = Owner { collection, id: document.id.clone() };
    claim(store, &owner, &document.keys).await?;
    // Claims of a write that failed stay: it may have happened, and if not, the next who wants them takes them over.
    store.insert(collection, document, events).await?;
    let Some(key) = lost_key(store, &owner, &document.keys).await? else { return Ok(()) };
    store.delete(collection, &document.id, document.version, events).await?;
    Err(KeyedError::Taken(key))
}

/// Claims the keys that a document gains and writes it over its `previous` state. Keys that it loses stay claimed
/// until somebody wants them, because another writer may be giving them back to this document.
///
/// # Errors
/// [`KeyedError::Taken`], or the store's.
pub async fn replace(
    store: &dyn DocumentStore,
    collection: Collection,
    previous: &Document,
    document: &Document,
    events: &[PendingEvent],
) -> Result<(), KeyedError> {
    let gained: Vec<String> = document.keys.iter().filter(|key| !previous.keys.contains(key)).cloned().collect();
    let owner = Owner { collection, id: document.id.clone() };
    claim(store, &owner, &gained).await?;
    store.replace(collection, document, previous.version, events).await?;
    let Some(key) = lost_key(store, &owner, &gained).await? else { return Ok(()) };
    let undone = Document { version: document.version + 1, ..previous.clone() };
    store.replace(collection, &undone, document.version, events).await?;
    Err(KeyedError::Taken(key))
}

/// Deletes a document and frees its keys.
///
/// # Errors
/// The store's.
pub async fn delete(
    store: &dyn DocumentStore,
    collection: Collection,
    document: &Document,
    events: &[PendingEvent],
) -> Result<(), StoreError> {
    store.delete(collection, &document.id, document.version, events).await?;
    let owner = Owner { collection, id: document.id.clone() };
    store.release(&owner, &document.keys).await
}

async fn claim(store: &dyn DocumentStore, owner: &Owner, keys: &[String]) -> Result<(), KeyedError> {
    match store.claim(owner, keys).await? {
        Claim::Held => Ok(()),
        Claim::Taken(key) => Err(KeyedError::Taken(key)),
    }
}

/// A key that was taken over while the document was being written, and could not be had back.
async fn lost_key(store: &dyn DocumentStore, owner: &Owner, keys: &[String]) -> Result<Option<String>, StoreError> {
    if store.owns(owner, keys).await? {
        return Ok(None);
    }
    Ok(match store.claim(owner, keys).await? {
        Claim::Held => None,
        Claim::Taken(key) => Some(key),
    })
}
