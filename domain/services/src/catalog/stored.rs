//! How objects of the catalog are kept as documents: their ids, versions and unique keys.

use model::{
    Slug,
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

    /// Its slugs, former ones too, in every channel it is sold in, now or later; a draft keeps its own slug.
    fn keys(&self) -> Vec<String> {
        let slugs = || std::iter::once(&self.slug).chain(&self.former_slugs);
        let channels = self.publications.iter().map(|publication| Some(publication.channel));
        let draft = self.publications.is_empty().then_some(None);
        let places = channels.chain(draft);
        let mut keys: Vec<String> =
            places.flat_map(|place| slugs().map(move |slug| slug_key(place, slug.as_str()))).collect();
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

/// The slugs a product keeps leading from: the latest few, without the present one.
pub(super) fn remember_slug(product: &mut Product, slug: Slug) {
    const KEPT: usize = 10;
    let old = std::mem::replace(&mut product.slug, slug);
    if old == product.slug {
        return;
    }
    product.former_slugs.retain(|former| *former != product.slug && *former != old);
    product.former_slugs.push(old);
    let surplus = product.former_slugs.len().saturating_sub(KEPT);
    product.former_slugs.drain(..surplus);
}
