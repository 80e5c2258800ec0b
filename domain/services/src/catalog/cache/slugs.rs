//! Finds products by slug. An entry is verified against the product itself, so a slug that moved to another product
//! needs no event of its own.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use model::{
    Slug,
    catalog::Product,
    ids::{ChannelId, ProductId},
};
use moka::sync::Cache;

use super::CatalogCache;
use crate::{
    ServiceResult,
    cache::KeyedCache,
    catalog::stored::{Stored, slug_key},
};

/// The maximum number of cached slugs.
const MAX_SLUGS: u64 = 200_000;

pub(super) struct SlugCache {
    entries: KeyedCache<String, SlugEntry>,
    /// Counts the changes of products.
    generation: AtomicU64,
}

#[derive(Clone, Copy)]
struct SlugEntry {
    /// The product of the slug; an unused slug is cached until any product changes.
    product: Option<ProductId>,
    /// The generation in which the slug was looked up.
    generation: u64,
}

enum Resolved {
    Product(Arc<Product>),
    /// No product has the slug.
    Unused,
    /// A product has changed: the slug has to be looked up again.
    Stale,
}

impl Default for SlugCache {
    fn default() -> Self {
        Self { entries: KeyedCache::new(Cache::new(MAX_SLUGS)), generation: AtomicU64::new(0) }
    }
}

impl SlugCache {
    /// Expires entries of unused slugs; the others are verified anyway.
    pub(super) fn invalidate(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }
}

pub(super) async fn product(
    catalog: &CatalogCache,
    channel: ChannelId,
    slug: &str,
) -> ServiceResult<Option<Arc<Product>>> {
    // The cache is bounded by the number of entries, so each has to be small.
    if slug.parse::<Slug>().is_err() {
        return Ok(None);
    }
    let key = slug_key(Some(channel), slug);
    let entries = &catalog.shared.slugs.entries;
    if let Some(entry) = entries.held(&key) {
        match resolve(catalog, entry, channel, slug).await? {
            Resolved::Product(product) => return Ok(Some(product)),
            Resolved::Unused => return Ok(None),
            Resolved::Stale => entries.invalidate(&key),
        }
    }
    let entry = entries.get(&key, |keys| look_up(catalog, keys)).await?;
    let Some(id) = entry.and_then(|entry| entry.product) else { return Ok(None) };
    let product = match catalog.shared.products.peek(&id) {
        Some(product) => Some(product),
        None => catalog.product(id).await?,
    };
    // A product that changed between the two reads may have another slug.
    Ok(product.filter(|product| has_slug(product, channel, slug)))
}

async fn resolve(catalog: &CatalogCache, entry: SlugEntry, channel: ChannelId, slug: &str) -> ServiceResult<Resolved> {
    let Some(id) = entry.product else {
        let is_current = entry.generation == catalog.shared.slugs.generation();
        return Ok(if is_current { Resolved::Unused } else { Resolved::Stale });
    };
    let product = catalog.product(id).await?;
    Ok(product.filter(|product| has_slug(product, channel, slug)).map_or(Resolved::Stale, Resolved::Product))
}

/// Looks up slugs; the cache asks for one at a time.
async fn look_up(catalog: &CatalogCache, keys: Vec<String>) -> ServiceResult<HashMap<String, SlugEntry>> {
    let mut entries = HashMap::with_capacity(keys.len());
    for key in keys {
        let generation = catalog.shared.slugs.generation();
        let document = catalog.shared.documents.find_by_key(&key).await?;
        let product = document.map(Product::from_document).transpose()?.map(Arc::new);
        let id = product.as_ref().map(|product| product.id);
        if let Some(product) = product {
            // After a change in the meantime this may be the older state.
            let is_current = || generation == catalog.shared.slugs.generation();
            catalog.shared.products.insert_if(product.id, product, is_current);
        }
        entries.insert(key, SlugEntry { product: id, generation });
    }
    Ok(entries)
}

fn has_slug(product: &Product, channel: ChannelId, slug: &str) -> bool {
    product.slugs_in(channel).any(|known| known.as_str() == slug)
}
