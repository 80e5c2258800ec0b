//! How objects of the catalog are kept as documents: their ids, versions and unique keys.

use model::{
    catalog::{Category, Collection, Product, ProductType},
    ids::{CategoryId, ChannelId},
};
use persistence::{
    StoreResult,
    documents::{self, Document},
};
use serde::{Serialize, de::DeserializeOwned};

/// An object that is one document.
pub trait Stored: Serialize + DeserializeOwned {
    /// Where it is kept.
    const COLLECTION: documents::Collection;

    /// Its bare id as text.
    fn document_id(&self) -> String;

    /// Counts the writes.
    fn version(&mut self) -> &mut i64;

    /// The keys that no other document may hold.
    fn keys(&self) -> Vec<String>;

    /// The document of its present state.
    fn to_document(&mut self) -> StoreResult<Document> {
        let version = *self.version();
        Document::encode(self.document_id(), version, self.keys(), self)
    }

    /// Reads it; the document's version counts, not the one inside.
    fn from_document(document: Document) -> StoreResult<Self> {
        let version = document.version;
        let mut value: Self = document.decode()?;
        *value.version() = version;
        Ok(value)
    }
}

impl Stored for Product {
    const COLLECTION: documents::Collection = documents::Collection::Products;

    fn document_id(&self) -> String {
        self.id.uuid().to_string()
    }

    fn version(&mut self) -> &mut i64 {
        &mut self.version
    }

    /// The slugs that lead to it in the channels it is sold in, now or later; a draft keeps its own slug.
    fn keys(&self) -> Vec<String> {
        let channels = self.publications.iter().map(|publication| publication.channel);
        let keys_in = |channel| self.slugs_in(channel).map(move |slug| slug_key(Some(channel), slug.as_str()));
        let mut keys: Vec<String> = channels.flat_map(keys_in).collect();
        keys.extend(self.publications.is_empty().then(|| slug_key(None, self.slug.as_str())));
        keys.extend(self.external_reference.as_deref().map(reference_key));
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

/// The key of what another system calls a product.
pub(super) fn reference_key(reference: &str) -> String {
    format!("product:reference:{reference}")
}

impl Stored for ProductType {
    const COLLECTION: documents::Collection = documents::Collection::ProductTypes;

    fn document_id(&self) -> String {
        self.id.uuid().to_string()
    }

    fn version(&mut self) -> &mut i64 {
        &mut self.version
    }

    fn keys(&self) -> Vec<String> {
        vec![format!("product_type:slug:{}", self.slug)]
    }
}

impl Stored for Category {
    const COLLECTION: documents::Collection = documents::Collection::Categories;

    fn document_id(&self) -> String {
        self.id.uuid().to_string()
    }

    fn version(&mut self) -> &mut i64 {
        &mut self.version
    }

    /// What it is called among its siblings: unique siblings make unique paths, and a move changes one document.
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

    fn document_id(&self) -> String {
        self.id.uuid().to_string()
    }

    fn version(&mut self) -> &mut i64 {
        &mut self.version
    }

    fn keys(&self) -> Vec<String> {
        vec![format!("collection:slug:{}", self.slug)]
    }
}
