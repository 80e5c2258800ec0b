//! Documents: product types, products, categories, collections and the like, each written whole under its version.
//! Two backends, MongoDB and Postgres `jsonb`, behind one trait and one suite of tests.

mod claims;
mod document;
mod keyed;
mod mongo;
mod postgres;

use async_trait::async_trait;
use model::{Timestamp, ids::EventId};

pub use claims::{Claim, Owner};
pub use document::{Change, Collection, Document, PendingEvent};
pub use keyed::{KeyedError, delete, insert, replace};
pub use mongo::{MongoConfig, MongoDocuments};
pub use postgres::PostgresDocuments;

use crate::StoreResult;

/// The constraint that refuses a second document with the same id.
pub const ID_CONSTRAINT: &str = "documents_pkey";

/// The most documents of one page or batch.
pub const MAX_BATCH: usize = 1_000;

/// Keeps documents. Lists, filters and sorting are the search index's work; here is only what needs the record itself.
/// Any call may fail with [`crate::StoreError::Unavailable`]; a write that does may have happened.
#[async_trait]
pub trait DocumentStore: Send + Sync {
    /// Which backend it is, for people.
    fn backend(&self) -> &'static str;

    /// Passes when the backend answers.
    async fn ping(&self) -> StoreResult<()>;

    /// The documents of some ids, in no order; ids without a document are left out. Asks once per 1,000 ids.
    async fn get_many(&self, collection: Collection, ids: &[String]) -> StoreResult<Vec<Document>>;

    /// The document that holds a unique key. A claim whose owner does not hold the key finds nothing.
    async fn find_by_key(&self, key: &str) -> StoreResult<Option<Document>>;

    /// Writes a new document with its events. Its keys must have been claimed; [`insert`] does both.
    /// [`ID_CONSTRAINT`] refuses an id that exists.
    async fn insert(&self, collection: Collection, document: &Document, events: &[PendingEvent]) -> StoreResult<()>;

    /// Writes a document over the one of `expected` version, adding to its events. Its keys must have been claimed;
    /// [`replace`] does both. [`crate::StoreError::VersionConflict`] when the version has moved on,
    /// [`crate::StoreError::NotFound`] when it is gone.
    async fn replace(
        &self,
        collection: Collection,
        document: &Document,
        expected: i64,
        events: &[PendingEvent],
    ) -> StoreResult<()>;

    /// Deletes the document of `expected` version. A tombstone, which no read shows, keeps the events until they are
    /// acknowledged. Fails like [`DocumentStore::replace`].
    async fn delete(&self, collection: Collection, id: &str, expected: i64, events: &[PendingEvent])
    -> StoreResult<()>;

    /// Claims unique keys for a document before it is written. Claims that nothing was written for need no clearing up.
    async fn claim(&self, owner: &Owner, keys: &[String]) -> StoreResult<Claim>;

    /// Whether every key is claimed by this owner.
    async fn owns(&self, owner: &Owner, keys: &[String]) -> StoreResult<bool>;

    /// Gives up claims, where this owner has them.
    async fn release(&self, owner: &Owner, keys: &[String]) -> StoreResult<()>;

    /// A page of documents in the order of their ids, after an id.
    async fn scan(&self, collection: Collection, after: Option<&str>, limit: usize) -> StoreResult<Vec<Document>>;

    /// A page of documents in the opposite order of their ids, before an id.
    async fn scan_back(&self, collection: Collection, before: Option<&str>, limit: usize)
    -> StoreResult<Vec<Document>>;

    /// How many documents a collection has.
    async fn count(&self, collection: Collection) -> StoreResult<i64>;

    /// A page of documents, deleted ones too, whose events wait to be drained; oldest event first.
    async fn changes(&self, collection: Collection, after: Option<EventId>, limit: usize) -> StoreResult<Vec<Change>>;

    /// Forgets the events of these changes, and tombstones that have none left. Events added since stay.
    async fn acknowledge(&self, collection: Collection, changes: &[Change]) -> StoreResult<()>;

    /// Removes documents past their expiry, where the backend does not do so by itself. A document past its expiry
    /// may still be read for a minute.
    async fn remove_expired(&self, now: Timestamp) -> StoreResult<usize>;
}
