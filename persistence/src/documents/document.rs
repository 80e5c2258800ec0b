//! Documents without regard to their content.

use model::{Timestamp, events::DomainEvent, ids::EventId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{StoreError, StoreResult};

/// The collections of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collection {
    /// Product types.
    ProductTypes,
    /// Products with their variants, prices and media.
    Products,
    /// Categories.
    Categories,
    /// Collections of products.
    Collections,
    /// Sessions; they expire.
    Sessions,
    /// The shop that the store belongs to.
    Shop,
}

impl Collection {
    /// All collections.
    pub const ALL: [Self; 6] =
        [Self::ProductTypes, Self::Products, Self::Categories, Self::Collections, Self::Sessions, Self::Shop];

    /// The name in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProductTypes => "product_types",
            Self::Products => "products",
            Self::Categories => "categories",
            Self::Collections => "collections",
            Self::Sessions => "sessions",
            Self::Shop => "shop",
        }
    }

    /// Parses the name in the store.
    pub(super) fn parse(name: &str) -> StoreResult<Self> {
        let found = Self::ALL.into_iter().find(|collection| collection.name() == name);
        found.ok_or_else(|| StoreError::corrupt(format!("collection {name}")))
    }
}

/// A stored document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The identifier; scans return documents in this order.
    pub id: String,
    /// The number of writes, from 1.
    pub version: i64,
    /// The unique keys that it holds; each is unique in the whole store.
    pub keys: Vec<String>,
    /// The content, a JSON object.
    pub body: Value,
    /// Time after which the store deletes it; only for sessions.
    pub expires_at: Option<Timestamp>,
}

impl Document {
    /// Makes a document of a value.
    ///
    /// # Errors
    /// [`StoreError::Internal`] if the value cannot be written as JSON.
    pub fn encode(id: String, version: i64, keys: Vec<String>, value: &impl Serialize) -> StoreResult<Self> {
        let body = serde_json::to_value(value).map_err(StoreError::corrupt)?;
        Ok(Self { id, version, keys, body, expires_at: None })
    }

    /// Reads the value of the document, which stays usable.
    ///
    /// # Errors
    /// [`StoreError::Internal`] if the body is not such a value.
    pub fn read<T: DeserializeOwned>(&self) -> StoreResult<T> {
        T::deserialize(&self.body).map_err(|error| StoreError::corrupt(format!("document {}: {error}", self.id)))
    }

    /// Reads the value of the document.
    ///
    /// # Errors
    /// [`StoreError::Internal`] if the body is not such a value.
    pub fn decode<T: DeserializeOwned>(self) -> StoreResult<T> {
        let Self { id, body, .. } = self;
        serde_json::from_value(body).map_err(|error| StoreError::corrupt(format!("document {id}: {error}")))
    }
}

/// A domain event that is stored in its document until it is transferred to the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingEvent {
    /// The identifier, also used in the outbox, so that an event that is transferred twice is published once.
    pub id: EventId,
    /// The event.
    pub event: DomainEvent,
}

impl PendingEvent {
    /// An event with a new id.
    #[must_use]
    pub fn new(event: DomainEvent) -> Self {
        Self { id: EventId::new(), event }
    }
}

/// The new state of one of many documents that are replaced at once. Its keys must be those that it holds already.
#[derive(Debug, Clone, PartialEq)]
pub struct Replacement {
    /// The new state.
    pub document: Document,
    /// The version that is replaced.
    pub expected: i64,
    /// The event of the change.
    pub event: PendingEvent,
}

/// A document with pending events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The id of the document.
    pub id: String,
    /// The id of the first pending event; the cursor of the next page.
    pub pending: EventId,
    /// True if the document is deleted.
    pub is_deleted: bool,
    /// The pending events, oldest first.
    pub events: Vec<PendingEvent>,
    /// The number of further events whose kind this version does not know because a newer one wrote them. They stay
    /// pending for a newer version.
    pub unknown: usize,
}
