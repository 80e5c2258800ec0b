//! Rows of documents.

use model::{Timestamp, ids::EventId};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    StoreError, StoreResult,
    documents::{Change, Document, PendingEvent},
};

diesel::table! {
    /// Documents of every collection.
    documents (collection, id) {
        /// Which collection it is in.
        collection -> Text,
        /// Identifier within the collection.
        id -> Text,
        /// Counts the writes, from 1.
        version -> BigInt,
        /// Unique keys it holds.
        keys -> Array<Text>,
        /// What is in it.
        body -> Jsonb,
        /// Events that wait to be drained, oldest first.
        events -> Jsonb,
        /// The oldest of them.
        pending -> Nullable<Uuid>,
        /// Whether only its events are left.
        is_deleted -> Bool,
        /// When it removes itself.
        expires_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Who claims which unique key.
    document_claims (key) {
        /// The key.
        key -> Text,
        /// The owner's collection.
        collection -> Text,
        /// The owner's id.
        owner -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(documents, document_claims);

/// The columns of a [`Document`], as a row reads them.
pub(super) type DocumentColumns =
    (documents::id, documents::version, documents::keys, documents::body, documents::expires_at);
pub(super) const DOCUMENT: DocumentColumns =
    (documents::id, documents::version, documents::keys, documents::body, documents::expires_at);

pub(super) type DocumentRow = (String, i64, Vec<String>, Value, Option<Timestamp>);
pub(super) type ChangeRow = (String, Option<Uuid>, bool, Value);

pub(super) fn document((id, version, keys, body, expires_at): DocumentRow) -> Document {
    Document { id, version, keys, body, expires_at }
}

pub(super) fn change((id, pending, is_deleted, events): ChangeRow) -> StoreResult<Change> {
    let pending = EventId::restore(pending.unwrap_or_default());
    let found: Vec<Value> = serde_json::from_value(events).map_err(StoreError::corrupt)?;
    let count = found.len();
    let events: Vec<PendingEvent> = found.into_iter().filter_map(|event| serde_json::from_value(event).ok()).collect();
    Ok(Change { id, pending, is_deleted, unknown: count - events.len(), events })
}

pub(super) fn events(events: &[PendingEvent]) -> StoreResult<Value> {
    serde_json::to_value(events).map_err(StoreError::corrupt)
}

pub(super) fn first_event(events: &[PendingEvent]) -> Option<Uuid> {
    events.first().map(|event| event.id.uuid())
}
