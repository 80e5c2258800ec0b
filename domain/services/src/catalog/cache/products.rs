//! Products by id, bounded by what they weigh.

use std::{collections::HashMap, sync::Arc};

use model::{catalog::Product, ids::ProductId};
use moka::sync::Cache;
use persistence::documents::DocumentStore;

use super::flights::{Flights, Landing};
use crate::{
    ServiceError, ServiceResult,
    catalog::stored::Stored,
    telemetry::{Counter, Telemetry},
};

pub(super) struct Products {
    documents: Arc<dyn DocumentStore>,
    held: Cache<ProductId, Arc<Product>>,
    flights: Flights<ProductId, Arc<Product>>,
    telemetry: Telemetry,
}

impl Products {
    pub(super) fn new(documents: Arc<dyn DocumentStore>, bytes: u64, telemetry: Telemetry) -> Self {
        let held = Cache::builder().max_capacity(bytes).weigher(|_, product: &Arc<Product>| weight(product)).build();
        Self { documents, held, flights: Flights::new(), telemetry }
    }

    pub(super) fn held(&self, id: ProductId) -> Option<Arc<Product>> {
        self.held.get(&id)
    }

    /// Counts what [`Self::held`] had for a reader.
    pub(super) fn count_hit(&self) {
        self.telemetry.count(Counter::ProductHit);
    }

    /// Counts what a reader had to fetch by another key.
    pub(super) fn count_miss(&self) {
        self.telemetry.count(Counter::ProductMiss);
    }

    fn hold(&self, product: Arc<Product>) {
        self.held.insert(product.id, product);
    }

    /// Holds a product that was read outside of a flight, unless one is held already or `is_current` says that it may
    /// be stale. Whoever makes it stale says so before [`Self::invalidate`], which waits for this.
    pub(super) fn hold_if(&self, product: Arc<Product>, is_current: impl FnOnce() -> bool) {
        self.flights.undiverted(|| {
            if self.held(product.id).is_none() && is_current() {
                self.hold(product);
            }
        });
    }

    pub(super) async fn get(&self, ids: &[ProductId]) -> ServiceResult<HashMap<ProductId, Arc<Product>>> {
        let mut found = HashMap::with_capacity(ids.len());
        let mut missing = self.take_held(ids, &mut found);
        while !missing.is_empty() {
            let (flight, joined) = self.flights.board(missing);
            if let Some(flight) = flight {
                let landing: Landing<_, _> = self.load(&flight.keys).await.map(Arc::new).map_err(Arc::new);
                flight.land(&landing, |_, product| self.hold(product));
                let loaded = landing.map_err(ServiceError::Shared)?;
                found.extend(loaded.iter().map(|(id, product)| (*id, product.clone())));
            }
            missing = Vec::new();
            for (id, mut seat) in joined {
                let landing = match seat.wait_for(Option::is_some).await {
                    Ok(landing) => landing.clone(),
                    Err(_) => None,
                };
                match landing {
                    Some(landing) => {
                        let product = landing.map_err(ServiceError::Shared)?.get(&id).cloned();
                        found.extend(product.map(|product| (id, product)));
                    }
                    // Whoever loaded it was cut off.
                    None => missing.push(id),
                }
            }
        }
        Ok(found)
    }

    fn take_held(&self, ids: &[ProductId], found: &mut HashMap<ProductId, Arc<Product>>) -> Vec<ProductId> {
        let mut missing = Vec::new();
        for id in ids {
            match self.held.get(id) {
                Some(product) => drop(found.insert(*id, product)),
                None => missing.push(*id),
            }
        }
        self.telemetry.add(Counter::ProductHit, ids.len() - missing.len());
        self.telemetry.add(Counter::ProductMiss, missing.len());
        missing
    }

    async fn load(&self, ids: &[ProductId]) -> ServiceResult<HashMap<ProductId, Arc<Product>>> {
        let ids: Vec<String> = ids.iter().map(|id| id.uuid().to_string()).collect();
        let documents = self.documents.get_many(Product::COLLECTION, &ids).await?;
        let products = documents.into_iter().map(Product::from_document);
        products.map(|product| Ok(product.map(|product| (product.id, Arc::new(product)))?)).collect()
    }

    pub(super) fn invalidate(&self, id: ProductId) {
        self.flights.divert(id, || self.held.invalidate(&id));
    }

    pub(super) fn invalidate_all(&self) {
        self.flights.divert_all(|| self.held.invalidate_all());
    }
}

/// About how many bytes a product takes.
fn weight(product: &Product) -> u32 {
    const PRODUCT: usize = 1_200;
    const VARIANT: usize = 400;
    const PRICE: usize = 64;
    const ENTRY: usize = 120;
    let prices: usize = product.variants.iter().map(|variant| variant.prices.len()).sum();
    let entries =
        product.attributes.len() + product.metafields.len() + product.media.len() + product.translations.len();
    let texts: usize =
        product.translations.values().filter_map(|text| text.description.as_ref()).map(String::len).sum();
    let values: usize = product.metafields.iter().map(|field| field.value.len()).sum();
    let bytes = PRODUCT
        + product.description.len()
        + texts
        + values
        + product.variants.len() * VARIANT
        + prices * PRICE
        + entries * ENTRY;
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
