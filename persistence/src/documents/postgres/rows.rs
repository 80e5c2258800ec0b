//! Rows of documents.

use diesel::prelude::*;
use model::{Timestamp, ids::EventId};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    StoreError, StoreResult,
    documents::{Change, Document, PendingEvent},
};

diesel::table! {
    /// The documents of all collections.
    documents (collection, id) {
        /// The collection.
        collection -> Text,
        /// The identifier in the collection.
        id -> Text,
        /// The number of writes, from 1.
        version -> BigInt,
        /// The unique keys that it holds.
        keys -> Array<Text>,
        /// The content.
        body -> Jsonb,
        /// The pending events, oldest first.
        events -> Jsonb,
        /// The id of the oldest pending event.
        pending -> Nullable<Uuid>,
        /// True if the document is a tombstone that keeps pending events.
        is_deleted -> Bool,
        /// Time of expiry.
        expires_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Claims of unique keys.
    document_claims (key) {
        /// The unique key.
        key -> Text,
        /// The collection of the owner.
        collection -> Text,
        /// The id of the owner.
        owner -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(documents, document_claims);

#[derive(Queryable, Selectable)]
#[diesel(table_name = documents, check_for_backend(diesel::pg::Pg))]
pub(super) struct DocumentRow {
    id: String,
    version: i64,
    keys: Vec<String>,
    body: Value,
    expires_at: Option<Timestamp>,
}

/// A document that a batch has replaced.
#[derive(QueryableByName)]
pub(super) struct WrittenRow {
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub id: String,
}

impl From<DocumentRow> for Document {
    fn from(row: DocumentRow) -> Self {
        Self { id: row.id, version: row.version, keys: row.keys, body: row.body, expires_at: row.expires_at }
    }
}

/// A document with pending events.
#[derive(Queryable, Selectable)]
#[diesel(table_name = documents, check_for_backend(diesel::pg::Pg))]
pub(super) struct ChangeRow {
    id: String,
    pending: Option<Uuid>,
    is_deleted: bool,
    events: Value,
}

impl TryFrom<ChangeRow> for Change {
    type Error = StoreError;
    fn try_from(row: ChangeRow) -> StoreResult<Self> {
        let pending = row.pending.ok_or_else(|| StoreError::corrupt("a change without pending events"))?;
        let stored: Vec<Value> = serde_json::from_value(row.events).map_err(StoreError::corrupt)?;
        let count = stored.len();
        // An event that this version cannot read was written by a newer one; it is counted, not lost.
        let events: Vec<PendingEvent> =
            stored.into_iter().filter_map(|event| serde_json::from_value(event).ok()).collect();
        let unknown = count - events.len();
        Ok(Self { id: row.id, pending: EventId::restore(pending), is_deleted: row.is_deleted, unknown, events })
    }
}

pub(super) fn events(events: &[PendingEvent]) -> StoreResult<Value> {
    serde_json::to_value(events).map_err(StoreError::corrupt)
}

pub(super) fn first_event(events: &[PendingEvent]) -> Option<Uuid> {
    events.first().map(|event| event.id.uuid())
}
