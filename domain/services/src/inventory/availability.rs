//! Cached availability for shoppers, by product; invalidated by inventory events. It is not a reservation: `cartComplete`
//! decides who gets the last unit.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use model::{
    cart::Cart,
    ids::{ProductId, StockLocationId, VariantId},
    inventory::VariantStock,
    settings::Settings,
    shipping::PickupStock,
};
use moka::sync::Cache;
use persistence::{Db, inventory};

use crate::{
    ServiceResult,
    cache::KeyedCache,
    telemetry::{Counter, Telemetry},
};

/// The maximum number of cached products.
const MAX_PRODUCTS: u64 = 200_000;
/// The maximum age of an entry, in case an event is lost.
const MAX_AGE: Duration = Duration::from_mins(10);

/// The stock of a product's variants.
pub type ProductStock = Arc<[(VariantId, VariantStock)]>;

/// A cache of stock by product; cheap to clone.
#[derive(Clone)]
pub struct Availability {
    db: Db,
    stock: Arc<KeyedCache<ProductId, ProductStock>>,
}

impl Availability {
    /// An empty cache over the database.
    #[must_use]
    pub fn new(db: Db, telemetry: Telemetry) -> Self {
        let held = Cache::builder().max_capacity(MAX_PRODUCTS).time_to_live(MAX_AGE).build();
        let stock = KeyedCache::new(held).counted(telemetry, Counter::AvailabilityHit, Counter::AvailabilityMiss);
        Self { db, stock: Arc::new(stock) }
    }

    /// The stock of all variants of these products; unknown products are omitted. Runs one statement for all products
    /// that are not cached.
    ///
    /// # Errors
    /// The store's error if a product is not cached.
    pub async fn of(&self, products: &[ProductId]) -> ServiceResult<HashMap<VariantId, VariantStock>> {
        let found = self.by_product(products).await?;
        Ok(found.values().flat_map(|stock| stock.iter().cloned()).collect())
    }

    /// Like [`Self::of`], by product and shared with the cache.
    ///
    /// # Errors
    /// The store's error if a product is not cached.
    pub async fn by_product(&self, products: &[ProductId]) -> ServiceResult<HashMap<ProductId, ProductStock>> {
        self.stock.get_many(products, |missing| self.load(missing)).await
    }

    /// The stock of a product's variants if it is cached.
    #[must_use]
    pub fn held(&self, product: ProductId) -> Option<ProductStock> {
        self.stock.held(&product)
    }

    /// Invalidates products whose stock changed.
    pub fn invalidate(&self, products: &[ProductId]) {
        for id in products {
            self.stock.invalidate(id);
        }
    }

    /// Invalidates every product.
    pub fn invalidate_all(&self) {
        self.stock.invalidate_all();
    }

    async fn load(&self, products: Vec<ProductId>) -> ServiceResult<HashMap<ProductId, ProductStock>> {
        let mut conn = self.db.read().await?;
        let mut stock = inventory::supply_by_product(&mut conn, &products).await?;
        // A product without tracked variants is cached as such.
        Ok(products.into_iter().map(|id| (id, stock.remove(&id).unwrap_or_default().into())).collect())
    }
}

/// The units of a cart's goods at the locations where shoppers of its channel pick goods up.
pub(crate) fn pickup_stock(settings: &Settings, cart: &Cart, supply: &HashMap<VariantId, VariantStock>) -> PickupStock {
    let of_channel = settings.delivery_methods.iter().filter(|method| method.channel == cart.channel);
    let stores: BTreeSet<StockLocationId> = of_channel.filter_map(|method| method.pickup_at).collect();
    let parts = cart.lines.iter().filter_map(|line| supply.get(&line.variant_id)).flat_map(|stock| &stock.parts);
    let mut stock = PickupStock::new();
    for part in parts {
        let at = |store: &StockLocationId| Some(((*store, part.variant_id), part.in_stock_at(*store)?));
        stock.extend(stores.iter().filter_map(at));
    }
    stock
}
