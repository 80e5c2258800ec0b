//! The availability that shoppers see: cached per product in every process, dropped by inventory events. It promises
//! nothing; who gets the last unit is decided when a cart completes.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use model::{
    ids::{ProductId, VariantId},
    inventory::VariantStock,
};
use persistence::{Db, inventory};
use tokio::sync::Mutex;

use crate::{
    ServiceResult,
    telemetry::{Counter, Telemetry},
};

/// How many products are kept.
const CAPACITY: u64 = 200_000;
/// How long a product is believed without an event, should one ever be lost.
const BELIEVED: Duration = Duration::from_mins(10);
/// Products share so many invalidation counters and reading locks.
const SHARDS: usize = 256;

/// The stock of a product's variants.
pub type ProductStock = Arc<[(VariantId, VariantStock)]>;

/// A cache of what is available; cheap to clone.
#[derive(Clone)]
pub struct Availability {
    shared: Arc<Shared>,
}

struct Shared {
    db: Db,
    telemetry: Telemetry,
    products: moka::sync::Cache<ProductId, ProductStock>,
    hasher: RandomState,
    shards: Vec<Shard>,
}

#[derive(Default)]
struct Shard {
    /// Counts the invalidations of its products.
    generation: AtomicU64,
    /// Held by the one caller that reads.
    flight: Mutex<()>,
}

impl Availability {
    /// An empty cache over the database.
    #[must_use]
    pub fn new(db: Db, telemetry: Telemetry) -> Self {
        let products = moka::sync::Cache::builder().max_capacity(CAPACITY).time_to_live(BELIEVED).build();
        let shards = (0..SHARDS).map(|_| Shard::default()).collect();
        Self { shared: Arc::new(Shared { db, telemetry, products, hasher: RandomState::new(), shards }) }
    }

    /// The stock of every variant of these products: no statement for those that are known, one for all others.
    /// Variants of which nothing is known are left out.
    ///
    /// # Errors
    /// A store's error.
    pub async fn of(&self, products: &[ProductId]) -> ServiceResult<HashMap<VariantId, VariantStock>> {
        let found = self.by_product(products).await?;
        Ok(found.values().flat_map(|stock| stock.iter().cloned()).collect())
    }

    /// The same, product by product, shared with the cache.
    ///
    /// # Errors
    /// A store's error.
    pub async fn by_product(&self, products: &[ProductId]) -> ServiceResult<HashMap<ProductId, ProductStock>> {
        let mut found = HashMap::with_capacity(products.len());
        let missing = self.known(products, &mut found);
        self.shared.telemetry.add(Counter::AvailabilityHit, products.len() - missing.len());
        self.shared.telemetry.add(Counter::AvailabilityMiss, missing.len());
        let Some(shard) = missing.first().and_then(|id| self.shard(*id)) else { return Ok(found) };
        // Of many that miss the same product at once, one reads.
        let _one_at_a_time = shard.flight.lock().await;
        let missing = self.known(&missing, &mut found);
        if !missing.is_empty() {
            self.read(&missing, &mut found).await?;
        }
        Ok(found)
    }

    /// The stock of a product's variants, if it is known without a statement.
    #[must_use]
    pub fn held(&self, product: ProductId) -> Option<ProductStock> {
        let held = self.shared.products.get(&product)?;
        self.shared.telemetry.count(Counter::AvailabilityHit);
        Some(held)
    }

    /// Forgets products whose stock changed.
    pub fn invalidate(&self, products: &[ProductId]) {
        for id in products {
            if let Some(shard) = self.shard(*id) {
                shard.generation.fetch_add(1, Ordering::AcqRel);
            }
            self.shared.products.invalidate(id);
        }
    }

    /// Forgets every product.
    pub fn invalidate_all(&self) {
        for shard in &self.shared.shards {
            shard.generation.fetch_add(1, Ordering::AcqRel);
        }
        self.shared.products.invalidate_all();
    }

    /// Adds what is known, and says of which products nothing is.
    fn known(&self, products: &[ProductId], found: &mut HashMap<ProductId, ProductStock>) -> Vec<ProductId> {
        let mut missing = Vec::new();
        for id in products {
            match self.shared.products.get(id) {
                Some(stock) => drop(found.insert(*id, stock)),
                None => missing.push(*id),
            }
        }
        missing
    }

    async fn read(&self, missing: &[ProductId], found: &mut HashMap<ProductId, ProductStock>) -> ServiceResult<()> {
        let before: Vec<_> = missing.iter().map(|id| self.generation(*id)).collect();
        let mut conn = self.shared.db.read().await?;
        let mut read = inventory::supply_by_product(&mut conn, missing).await?;
        drop(conn);
        for (id, generation) in missing.iter().zip(before) {
            let stock: ProductStock = read.remove(id).unwrap_or_default().into();
            found.insert(*id, stock.clone());
            self.shared.products.insert(*id, stock);
            // It changed while it was read: what was read may be old, and the invalidation came before the insertion.
            if self.generation(*id) != generation {
                self.shared.products.invalidate(id);
            }
        }
        Ok(())
    }

    fn shard(&self, id: ProductId) -> Option<&Shard> {
        let hash = usize::try_from(self.shared.hasher.hash_one(id) % SHARDS as u64).unwrap_or_default();
        self.shared.shards.get(hash)
    }

    fn generation(&self, id: ProductId) -> u64 {
        self.shard(id).map_or(0, |shard| shard.generation.load(Ordering::Acquire))
    }
}
