//! Which product a slug leads to.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use model::{
    Slug,
    catalog::Product,
    ids::{ChannelId, ProductId},
};
use moka::future::Cache;
use persistence::documents::DocumentStore;

use super::products::Products;
use crate::{
    ServiceError, ServiceResult,
    catalog::stored::{Stored, slug_key},
};

const MOST: u64 = 200_000;

pub(super) struct Slugs {
    documents: Arc<dyn DocumentStore>,
    held: Cache<String, Lead>,
    /// Counts the changes of products.
    generation: AtomicU64,
}

#[derive(Clone, Copy)]
struct Lead {
    /// Where the slug leads; nowhere is remembered too, until any product changes.
    to: Option<ProductId>,
    /// When it was looked up.
    generation: u64,
}

impl Slugs {
    pub(super) fn new(documents: Arc<dyn DocumentStore>) -> Self {
        Self { documents, held: Cache::new(MOST), generation: AtomicU64::new(0) }
    }

    pub(super) async fn product(
        &self,
        products: &Products,
        channel: ChannelId,
        slug: &str,
    ) -> ServiceResult<Option<Arc<Product>>> {
        // What is remembered is bounded in number, so each of it has to be small: a text that is no slug leads nowhere.
        if slug.parse::<Slug>().is_err() {
            return Ok(None);
        }
        let key = slug_key(Some(channel), slug);
        if let Some(lead) = self.held.get(&key).await {
            match self.follow(products, lead, channel, slug).await? {
                Followed::To(product) => {
                    products.count_hit();
                    return Ok(Some(product));
                }
                Followed::Nowhere => return Ok(None),
                Followed::Stale => self.held.invalidate(&key).await,
            }
        }
        let look_up = self.look_up(products, &key);
        let lead = self.held.try_get_with_by_ref(&key, look_up).await.map_err(ServiceError::Shared)?;
        match self.follow(products, lead, channel, slug).await? {
            Followed::To(product) => Ok(Some(product)),
            // Changed between the two reads: there is nothing to show yet.
            Followed::Nowhere | Followed::Stale => Ok(None),
        }
    }

    /// A lead is checked against the product itself, so a slug that went elsewhere needs no event of its own.
    async fn follow(&self, products: &Products, lead: Lead, channel: ChannelId, slug: &str) -> ServiceResult<Followed> {
        let Some(id) = lead.to else {
            let is_current = lead.generation == self.generation.load(Ordering::Acquire);
            return Ok(if is_current { Followed::Nowhere } else { Followed::Stale });
        };
        let product = match products.held(id) {
            Some(held) => Some(held),
            None => products.get(&[id]).await?.remove(&id),
        };
        Ok(product.filter(|product| leads_to(product, channel, slug)).map_or(Followed::Stale, Followed::To))
    }

    async fn look_up(&self, products: &Products, key: &str) -> ServiceResult<Lead> {
        let generation = self.generation.load(Ordering::Acquire);
        let Some(document) = self.documents.find_by_key(key).await? else { return Ok(Lead { to: None, generation }) };
        products.count_miss();
        let product = Arc::new(Product::from_document(document)?);
        let to = Some(product.id);
        // Not held when anything changed meanwhile: it may be the older state.
        products.hold_if(product, || generation == self.generation.load(Ordering::Acquire));
        Ok(Lead { to, generation })
    }

    pub(super) fn invalidate(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }
}

enum Followed {
    To(Arc<Product>),
    Nowhere,
    Stale,
}

fn leads_to(product: &Product, channel: ChannelId, slug: &str) -> bool {
    product.slugs_in(channel).any(|known| known.as_str() == slug)
}
