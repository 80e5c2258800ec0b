//! Decoded products and the taxonomy, shared by all requests of a process and invalidated by events.

mod products;
mod slugs;
mod taxonomy;

use std::{collections::HashMap, sync::Arc};

use model::{
    catalog::{Product, Taxonomy},
    ids::{ChannelId, ProductId, VariantId},
};
use moka::sync::Cache;
use persistence::{Db, documents::DocumentStore, inventory};

pub(super) use products::load_products;

use crate::{
    ServiceResult,
    cache::{KeyedCache, SnapshotCache},
    telemetry::{Counter, Telemetry},
};

/// The maximum size of the cached products, in bytes.
const MAX_PRODUCT_BYTES: u64 = 64 * 1024 * 1024;
/// The maximum number of cached variants.
const MAX_VARIANTS: u64 = 500_000;

/// The catalog as cached by one process; cheap to clone. Cached values stay readable while the document store is down.
#[derive(Clone)]
pub struct CatalogCache {
    shared: Arc<Shared>,
}

struct Shared {
    documents: Arc<dyn DocumentStore>,
    db: Db,
    products: KeyedCache<ProductId, Arc<Product>>,
    slugs: slugs::SlugCache,
    taxonomy: SnapshotCache<Taxonomy>,
    /// The product of a variant never changes.
    products_of_variants: KeyedCache<VariantId, ProductId>,
}

impl CatalogCache {
    /// An empty cache over the stores.
    #[must_use]
    pub fn new(documents: Arc<dyn DocumentStore>, db: Db, telemetry: Telemetry) -> Self {
        let weigh = |_: &ProductId, product: &Arc<Product>| products::weight(product);
        let products = Cache::builder().max_capacity(MAX_PRODUCT_BYTES).weigher(weigh);
        let shared = Shared {
            documents,
            db,
            products: KeyedCache::new(products.build()).counted(telemetry, Counter::ProductHit, Counter::ProductMiss),
            slugs: slugs::SlugCache::default(),
            taxonomy: SnapshotCache::new("taxonomy"),
            products_of_variants: KeyedCache::new(Cache::new(MAX_VARIANTS)),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Products by id, published or not; unknown ids are omitted. Reads the missing ones in one batch, and each only
    /// once when several callers need it at the same time.
    ///
    /// # Errors
    /// The store's error if a product is not cached.
    pub async fn products(&self, ids: &[ProductId]) -> ServiceResult<HashMap<ProductId, Arc<Product>>> {
        self.shared.products.get_many(ids, |ids| load_products(&*self.shared.documents, ids)).await
    }

    /// A product by id, published or not.
    ///
    /// # Errors
    /// The store's error if the product is not cached.
    pub async fn product(&self, id: ProductId) -> ServiceResult<Option<Arc<Product>>> {
        self.shared.products.get(&id, |ids| load_products(&*self.shared.documents, ids)).await
    }

    /// The product of a current or former slug in a channel, published or not.
    ///
    /// # Errors
    /// The store's error if the product is not cached.
    pub async fn product_by_slug(&self, channel: ChannelId, slug: &str) -> ServiceResult<Option<Arc<Product>>> {
        slugs::product(self, channel, slug).await
    }

    /// Product types, categories and collections; a stale snapshot if the store is down.
    ///
    /// # Errors
    /// The store's error if there is no snapshot yet.
    pub async fn taxonomy(&self) -> ServiceResult<Arc<Taxonomy>> {
        self.shared.taxonomy.get_or_stale(|| taxonomy::load(&*self.shared.documents)).await
    }

    /// Product types, categories and collections, never stale: for decisions that are stored.
    ///
    /// # Errors
    /// The store's error, also while [`Self::taxonomy`] returns a stale snapshot.
    pub async fn fresh_taxonomy(&self) -> ServiceResult<Arc<Taxonomy>> {
        self.shared.taxonomy.get_fresh(|| taxonomy::load(&*self.shared.documents)).await
    }

    /// The products that variants belong to; unknown variants are omitted. Runs one statement for the missing ones.
    ///
    /// # Errors
    /// The store's error if a variant is not cached.
    pub async fn products_of_variants(&self, variants: &[VariantId]) -> ServiceResult<HashMap<VariantId, ProductId>> {
        self.shared.products_of_variants.get_many(variants, |missing| load_products_of(&self.shared.db, missing)).await
    }

    /// Invalidates a product that was changed or deleted.
    pub fn invalidate_product(&self, id: ProductId) {
        // Slugs first: a slug lookup in progress must not insert the old product after its invalidation.
        self.shared.slugs.invalidate();
        self.shared.products.invalidate(&id);
    }

    /// Invalidates product types, categories and collections.
    pub fn invalidate_taxonomy(&self) {
        self.shared.taxonomy.invalidate();
    }

    /// Invalidates everything, after missed events.
    pub fn invalidate_all(&self) {
        self.shared.slugs.invalidate();
        self.shared.products.invalidate_all();
        self.shared.taxonomy.invalidate();
    }
}

async fn load_products_of(db: &Db, variants: Vec<VariantId>) -> ServiceResult<HashMap<VariantId, ProductId>> {
    let items = inventory::items_by_variant(&mut *db.read().await?, &variants).await?;
    Ok(items.into_iter().map(|(variant, item)| (variant, item.product_id)).collect())
}
