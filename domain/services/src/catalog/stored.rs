//! Objects of the catalog as documents: ids, versions and unique keys.

use model::{
    Timestamp,
    catalog::{Category, Collection, Product, ProductType},
    ids::{CategoryId, ChannelId},
};
use persistence::{
    StoreResult,
    documents::{self, Document},
};
use serde::{Serialize, de::DeserializeOwned};

use super::error::VARIANT_REFERENCE;

/// An object that is stored as one document.
pub trait Stored: Serialize + DeserializeOwned {
    /// The collection that stores it.
    const COLLECTION: documents::Collection;

    /// Its name in messages.
    const NAME: &str;

    /// Its UUID as text.
    fn document_id(&self) -> String;

    /// The number of writes.
    fn version(&mut self) -> &mut i64;

    /// Sets the time of the last change.
    fn set_updated_at(&mut self, now: Timestamp);

    /// The unique keys that it holds.
    fn keys(&self) -> Vec<String>;

    /// Encodes its current state.
    fn to_document(&mut self) -> StoreResult<Document> {
        let version = *self.version();
        Document::encode(self.document_id(), version, self.keys(), self)
    }

    /// Decodes it; the version is that of the document.
    fn from_document(document: Document) -> StoreResult<Self> {
        let version = document.version;
        let mut value: Self = document.decode()?;
        *value.version() = version;
        Ok(value)
    }
}

impl Stored for Product {
    const COLLECTION: documents::Collection = documents::Collection::Products;
    const NAME: &str = "product";

    fn document_id(&self) -> String {
        self.id.uuid().to_string()
    }

    fn version(&mut self) -> &mut i64 {
        &mut self.version
    }

    fn set_updated_at(&mut self, now: Timestamp) {
        self.updated_at = now;
    }

    /// Its current and former slugs in its channels; an unpublished product holds its slug as a draft.
    fn keys(&self) -> Vec<String> {
        let channels = self.publications.iter().map(|publication| publication.channel);
        let keys_in = |channel| self.slugs_in(channel).map(move |slug| slug_key(Some(channel), slug.as_str()));
        let mut keys: Vec<String> = channels.flat_map(keys_in).collect();
        keys.extend(self.publications.is_empty().then(|| slug_key(None, self.slug.as_str())));
        keys.extend(self.external_reference.as_deref().map(reference_key));
        let references = self.variants.iter().filter_map(|variant| variant.external_reference.as_deref());
        keys.extend(references.map(variant_reference_key));
        keys
    }
}

/// The key of a product's slug in a channel, or of a draft's.
pub(super) fn slug_key(channel: Option<ChannelId>, slug: &str) -> String {
    match channel {
        Some(channel) => format!("product:slug:{}:{slug}", channel.uuid().simple()),
        None => format!("product:slug:draft:{slug}"),
    }
}

/// The key of a product's external reference.
pub(super) fn reference_key(reference: &str) -> String {
    format!("product:reference:{reference}")
}

/// The key of a variant's external reference.
pub(super) fn variant_reference_key(reference: &str) -> String {
    format!("{VARIANT_REFERENCE}{reference}")
}

impl Stored for ProductType {
    const COLLECTION: documents::Collection = documents::Collection::ProductTypes;
    const NAME: &str = "product type";

    fn document_id(&self) -> String {
        self.id.uuid().to_string()
    }

    fn version(&mut self) -> &mut i64 {
        &mut self.version
    }

    fn set_updated_at(&mut self, now: Timestamp) {
        self.updated_at = now;
    }

    fn keys(&self) -> Vec<String> {
        vec![format!("product_type:slug:{}", self.slug)]
    }
}

impl Stored for Category {
    const COLLECTION: documents::Collection = documents::Collection::Categories;
    const NAME: &str = "category";

    fn document_id(&self) -> String {
        self.id.uuid().to_string()
    }

    fn version(&mut self) -> &mut i64 {
        &mut self.version
    }

    fn set_updated_at(&mut self, now: Timestamp) {
        self.updated_at = now;
    }

    /// Its name among its siblings: unique names make unique paths, and a move changes one document.
    fn keys(&self) -> Vec<String> {
        vec![sibling_key(self.parent, self.segment())]
    }
}

fn sibling_key(parent: Option<CategoryId>, segment: &str) -> String {
    match parent {
        Some(parent) => format!("category:slug:{}:{segment}", parent.uuid().simple()),
        None => format!("category:slug:root:{segment}"),
    }
}

impl Stored for Collection {
    const COLLECTION: documents::Collection = documents::Collection::Collections;
    const NAME: &str = "collection";

    fn document_id(&self) -> String {
        self.id.uuid().to_string()
    }

    fn version(&mut self) -> &mut i64 {
        &mut self.version
    }

    fn set_updated_at(&mut self, now: Timestamp) {
        self.updated_at = now;
    }

    fn keys(&self) -> Vec<String> {
        vec![format!("collection:slug:{}", self.slug)]
    }
}
