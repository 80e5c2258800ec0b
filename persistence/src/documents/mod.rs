//! Documents: product types, products, categories and collections, each written as a whole and guarded by its version.
//! One trait and one test suite cover two backends, MongoDB and Postgres `jsonb`.

mod claims;
mod document;
mod keyed;
mod mongo;
mod postgres;
mod shop;

use std::collections::HashMap;

use async_trait::async_trait;
use model::{Timestamp, ids::EventId};

pub use claims::{Claim, Owner};
pub use document::{Change, Collection, Document, PendingEvent, Replacement};
pub use keyed::{KeyedError, delete, insert, replace};
pub use mongo::{MongoConfig, MongoDocuments};
pub use postgres::PostgresDocuments;
pub use shop::{find_shop, has_no_catalog, record_shop};

use crate::StoreResult;

/// The constraint that rejects a second document with the same id.
pub const ID_CONSTRAINT: &str = "documents_pkey";

/// The maximum number of documents of one page or batch.
pub const MAX_BATCH: usize = 1_000;

/// A store of documents. The search index serves lists, filters and sorting; this trait offers only what needs the
/// record itself. Every call may fail with [`crate::StoreError::Unavailable`]; a write that does may have happened.
#[async_trait]
pub trait DocumentStore: Send + Sync {
    /// The name of the backend, for messages.
    fn backend(&self) -> &'static str;

    /// Fails if the backend does not answer.
    async fn ping(&self) -> StoreResult<()>;

    /// Documents by id, in no order; absent ones are omitted. Sends one query per 1,000 ids.
    async fn get_many(&self, collection: Collection, ids: &[String]) -> StoreResult<Vec<Document>>;

    /// Finds the document that holds a unique key. Ignores a claim whose owner does not hold the key.
    async fn find_by_key(&self, key: &str) -> StoreResult<Option<Document>>;

    /// Finds the documents that hold unique keys, by key, in a number of queries that does not depend on the number of
    /// keys. Ignores claims like [`DocumentStore::find_by_key`].
    async fn find_by_keys(&self, keys: &[String]) -> StoreResult<HashMap<String, Document>>;

    /// Inserts a document with its events. Claim its keys first; [`insert`] does both. [`ID_CONSTRAINT`] rejects an
    /// existing id.
    async fn insert(&self, collection: Collection, document: &Document, events: &[PendingEvent]) -> StoreResult<()>;

    /// Replaces the document if it has the `expected` version, and appends events. Claim its keys first; [`replace`]
    /// does both. Fails with [`crate::StoreError::VersionConflict`] if the version differs, and with
    /// [`crate::StoreError::NotFound`] if the document does not exist.
    async fn replace(
        &self,
        collection: Collection,
        document: &Document,
        expected: i64,
        events: &[PendingEvent],
    ) -> StoreResult<()>;

    /// Replaces many documents whose keys stay the same, each if it has its expected version, and returns the ids of those
    /// that were not replaced. A batch is not atomic: the others are replaced. Sends one statement to Postgres.
    async fn replace_many(&self, collection: Collection, replacements: &[Replacement]) -> StoreResult<Vec<String>>;

    /// Deletes the document if it has the `expected` version. A tombstone, which reads ignore, keeps the events until
    /// they are acknowledged. Fails like [`DocumentStore::replace`].
    async fn delete(&self, collection: Collection, id: &str, expected: i64, events: &[PendingEvent])
    -> StoreResult<()>;

    /// Claims unique keys for a document before it is written. Claims of a document that is never written need no
    /// cleanup.
    async fn claim(&self, owner: &Owner, keys: &[String]) -> StoreResult<Claim>;

    /// True if this owner has claimed all keys.
    async fn owns(&self, owner: &Owner, keys: &[String]) -> StoreResult<bool>;

    /// Releases the claims of this owner.
    async fn release(&self, owner: &Owner, keys: &[String]) -> StoreResult<()>;

    /// A page of documents after an id, by ascending id.
    async fn scan(&self, collection: Collection, after: Option<&str>, limit: usize) -> StoreResult<Vec<Document>>;

    /// A page of documents before an id, by descending id.
    async fn scan_back(&self, collection: Collection, before: Option<&str>, limit: usize)
    -> StoreResult<Vec<Document>>;

    /// The number of documents of a collection.
    async fn count(&self, collection: Collection) -> StoreResult<i64>;

    /// A page of documents with pending events, including deleted ones, oldest event first.
    async fn changes(&self, collection: Collection, after: Option<EventId>, limit: usize) -> StoreResult<Vec<Change>>;

    /// Removes the events of these changes, and tombstones without further events. Later events stay.
    async fn acknowledge(&self, collection: Collection, changes: &[Change]) -> StoreResult<()>;

    /// Deletes expired documents, if the backend does not do so itself. An expired document may still be returned for a
    /// minute.
    async fn remove_expired(&self, now: Timestamp) -> StoreResult<usize>;
}
