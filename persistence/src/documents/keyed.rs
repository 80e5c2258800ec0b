//! Writes of documents with unique keys: claim the keys, write the document, check the claims again.

use super::{Claim, Collection, Document, DocumentStore, Owner, PendingEvent};
use crate::StoreError;

/// The error of a write of a document with keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyedError {
    /// Another document has this key.
    #[error("the key {0} belongs to another document")]
    Taken(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Claims the keys of a new document and inserts it.
///
/// # Errors
/// [`KeyedError::Taken`] if another document has one of the keys; [`KeyedError::Store`] if the store fails.
pub async fn insert(
    store: &dyn DocumentStore,
    collection: Collection,
    document: &Document,
    events: &[PendingEvent],
) -> Result<(), KeyedError> {
    let owner = Owner { collection, id: document.id.clone() };
    claim(store, &owner, &document.keys).await?;
    // Keep the claims of a failed write: the write may have happened, and otherwise the next writer takes them over.
    store.insert(collection, document, events).await?;
    let Some(key) = lost_key(store, &owner, &document.keys).await? else { return Ok(()) };
    store.delete(collection, &document.id, document.version, events).await?;
    Err(KeyedError::Taken(key))
}

/// Claims the new keys of a document and replaces its `previous` state. Removed keys stay claimed until another
/// document needs them, because a concurrent writer may be adding them to this document again.
///
/// # Errors
/// [`KeyedError::Taken`] if another document has one of the keys; [`KeyedError::Store`] if the store fails.
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

/// Deletes a document and releases its keys.
///
/// # Errors
/// [`StoreError`] if the store fails.
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

/// Returns a key that was taken over while the document was written and could not be claimed again.
async fn lost_key(store: &dyn DocumentStore, owner: &Owner, keys: &[String]) -> Result<Option<String>, StoreError> {
    if store.owns(owner, keys).await? {
        return Ok(None);
    }
    Ok(match store.claim(owner, keys).await? {
        Claim::Held => None,
        Claim::Taken(key) => Some(key),
    })
}
