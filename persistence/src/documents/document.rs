//! What a document is, apart from what is in it.

use model::{Timestamp, events::DomainEvent, ids::EventId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{StoreError, StoreResult};

/// The collections of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collection {
    /// Typed descriptions of products.
    ProductTypes,
    /// Products with everything inside.
    Products,
    /// The navigation tree.
    Categories,
    /// Curated sets of products.
    Collections,
    /// Logins; they end by themselves.
    Sessions,
}

impl Collection {
    /// Every collection.
    pub const ALL: [Self; 5] =
        [Self::ProductTypes, Self::Products, Self::Categories, Self::Collections, Self::Sessions];

    /// The name in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProductTypes => "product_types",
            Self::Products => "products",
            Self::Categories => "categories",
            Self::Collections => "collections",
            Self::Sessions => "sessions",
        }
    }

    /// The collection of a name in the store.
    pub(super) fn parse(name: &str) -> StoreResult<Self> {
        let found = Self::ALL.into_iter().find(|collection| collection.name() == name);
        found.ok_or_else(|| StoreError::corrupt(format!("collection {name}")))
    }
}

/// A document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Identifier; the documents of a collection are scanned in its order.
    pub id: String,
    /// Counts the writes, from 1.
    pub version: i64,
    /// The unique keys it holds, each unique in the whole store.
    pub keys: Vec<String>,
    /// What is in it: an object.
    pub body: Value,
    /// When it removes itself; sessions only.
    pub expires_at: Option<Timestamp>,
}

impl Document {
    /// A document of a value.
    ///
    /// # Errors
    /// [`StoreError::Internal`] when the value is no JSON.
    pub fn encode(id: String, version: i64, keys: Vec<String>, value: &impl Serialize) -> StoreResult<Self> {
        let body = serde_json::to_value(value).map_err(StoreError::corrupt)?;
        Ok(Self { id, version, keys, body, expires_at: None })
    }

    /// The value in it.
    ///
    /// # Errors
    /// [`StoreError::Internal`] when the body is not such a value.
    pub fn decode<T: DeserializeOwned>(self) -> StoreResult<T> {
        let Self { id, body, .. } = self;
        serde_json::from_value(body).map_err(|error| StoreError::corrupt(format!("document {id}: {error}")))
    }
}

/// A fact inside a document, on its way to the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingEvent {
    /// Identifier, kept in the outbox, so that draining twice publishes once.
    pub id: EventId,
    /// The fact.
    pub event: DomainEvent,
}

impl PendingEvent {
    /// A fact with a new id.
    #[must_use]
    pub fn new(event: DomainEvent) -> Self {
        Self { id: EventId::new(), event }
    }
}

/// A document whose events wait to be drained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The document.
    pub id: String,
    /// Its place among the changes, for the next page.
    pub pending: EventId,
    /// Whether the document is deleted.
    pub is_deleted: bool,
    /// The facts, oldest first.
    pub events: Vec<PendingEvent>,
    /// How many facts besides are of kinds that this program does not know, because a newer one wrote them; they wait
    /// for a newer one.
    pub unknown: usize,
}
