//! Decoded products and the taxonomy, shared by all requests of a process and dropped by events.

mod flights;
mod products;
mod slugs;
mod taxonomy;
mod variants;

use std::{collections::HashMap, sync::Arc};

use model::{
    catalog::{Product, Taxonomy},
    ids::{ChannelId, ProductId, VariantId},
};
use persistence::{Db, documents::DocumentStore};

use crate::{ServiceResult, telemetry::Telemetry};

/// What the caches of one process hold at most, in bytes of products.
const PRODUCT_BYTES: u64 = 64 * 1024 * 1024;

/// The catalog as one process knows it; cheap to clone. While the document store is away, what is held stays readable.
#[derive(Clone)]
pub struct CatalogCache {
    shared: Arc<Shared>,
}

struct Shared {
    products: products::Products,
    slugs: slugs::Slugs,
    taxonomy: taxonomy::TaxonomyCache,
    variants: variants::Variants,
}

impl CatalogCache {
    /// An empty cache over the stores.
    #[must_use]
    pub fn new(documents: Arc<dyn DocumentStore>, db: Db, telemetry: Telemetry) -> Self {
        let shared = Shared {
            products: products::Products::new(documents.clone(), PRODUCT_BYTES, telemetry),
            slugs: slugs::Slugs::new(documents.clone()),
            taxonomy: taxonomy::TaxonomyCache::new(documents),
            variants: variants::Variants::new(db),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Products by id, published or not; unknown ids are left out. Those that are not held are read in one batch, and
    /// each is read once however many ask at the same time.
    ///
    /// # Errors
    /// A store's error, when one of them is not held.
    pub async fn products(&self, ids: &[ProductId]) -> ServiceResult<HashMap<ProductId, Arc<Product>>> {
        self.shared.products.get(ids).await
    }

    /// One product by id, published or not.
    ///
    /// # Errors
    /// A store's error, when it is not held.
    pub async fn product(&self, id: ProductId) -> ServiceResult<Option<Arc<Product>>> {
        if let Some(held) = self.shared.products.held(id) {
            self.shared.products.count_hit();
            return Ok(Some(held));
        }
        Ok(self.products(&[id]).await?.remove(&id))
    }

    /// The product that a slug leads to in a channel, published by now or not; a former slug leads to it as well.
    ///
    /// # Errors
    /// A store's error, when it is not held.
    pub async fn product_by_slug(&self, channel: ChannelId, slug: &str) -> ServiceResult<Option<Arc<Product>>> {
        self.shared.slugs.product(&self.shared.products, channel, slug).await
    }

    /// Product types, categories and collections as they are now; as they last were when the store does not answer.
    ///
    /// # Errors
    /// A store's error when there is no snapshot yet.
    pub async fn taxonomy(&self) -> ServiceResult<Arc<Taxonomy>> {
        self.shared.taxonomy.current().await
    }

    /// Product types, categories and collections as they are now, for what is kept: an old snapshot will not do.
    ///
    /// # Errors
    /// A store's error, also while [`Self::taxonomy`] serves an old snapshot.
    pub async fn strict_taxonomy(&self) -> ServiceResult<Arc<Taxonomy>> {
        self.shared.taxonomy.strict().await
    }

    /// The products that variants belong to; unknown variants are left out. One statement for those not known yet.
    ///
    /// # Errors
    /// A store's error.
    pub async fn products_of_variants(&self, variants: &[VariantId]) -> ServiceResult<HashMap<VariantId, ProductId>> {
        self.shared.variants.products(variants).await
    }

    /// Forgets a product that was changed or deleted.
    pub fn invalidate_product(&self, id: ProductId) {
        // First, so that no slug that is being looked up brings the old state back.
        self.shared.slugs.invalidate();
        self.shared.products.invalidate(id);
    }

    /// Makes the next reader read product types, categories and collections again.
    pub fn invalidate_taxonomy(&self) {
        self.shared.taxonomy.invalidate();
    }

    /// Forgets everything, after events were missed.
    pub fn invalidate_all(&self) {
        self.shared.slugs.invalidate();
        self.shared.products.invalidate_all();
        self.shared.taxonomy.invalidate();
    }
}
