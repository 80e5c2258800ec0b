//! Data loaders of a request: each relation is loaded in batches, with the permissions of the request's actor.

use std::{
    collections::HashMap,
    fmt::Debug,
    future::Future,
    hash::Hash,
    pin::Pin,
    sync::{Arc, Mutex, OnceLock, PoisonError, RwLock},
};

use dataloader::{BatchFn, cached};
use model::{
    access::Actor,
    cart::{Cart, CartRecord},
    catalog::Product,
    customers::{Customer, CustomerAddress, CustomerGroup, StaffUser},
    ids::{
        CartId, CartRecordId, CustomerId, DiscountCodeId, OrderId, OrderLineId, PaymentId, ProductId, PromotionId,
        StaffUserId, VariantId,
    },
    inventory::{Allocation, InventoryItem},
    orders::{Fulfillment, Order, OrderEvent, OrderLine, OrderNote},
    payments::{Payment, PaymentAttempt, PaymentTransaction, TransferInstructions},
    pricing::PricedCart,
    promotions::Promotion,
};
use services::{
    App, ServiceError, cart, catalog,
    checkout::Pricing,
    error::OrInternal as _,
    error::ServiceResult,
    identity,
    inventory::{self, ProductStock},
    orders,
    payments::{self, Refund},
    pricing::{self, CartToPrice},
    promotions,
    storefront::{self, ChannelProduct},
};

/// The maximum number of keys in a batch.
const BATCH: usize = 1000;

/// Number of times that a loader yields before it loads a batch. Sibling fields are resolved together, so one is
/// enough; each further yield would poll the whole response again.
const YIELDS: usize = 1;

/// The result for one key, kept for the duration of the request.
type Loaded<V> = Result<Option<V>, Arc<ServiceError>>;

type Fetched<'a, K, V> = Pin<Box<dyn Future<Output = ServiceResult<HashMap<K, V>>> + Send + 'a>>;

/// Loads the values of many keys at once; unknown keys are left out.
pub type Fetch<K, V> = for<'a> fn(&'a App, &'a Actor, &'a [K]) -> Fetched<'a, K, V>;

/// Loads the values of one kind of key in batches, and caches them for one request.
pub struct BatchLoader<K: Eq + Hash + Clone + Send + Sync, V: Clone + Send>(cached::Loader<K, Loaded<V>, Batch<K, V>>);

struct Batch<K, V> {
    app: App,
    actor: Actor,
    fetch: Fetch<K, V>,
}

impl<K: Eq + Hash + Clone + Send + Sync, V: Clone + Send> BatchFn<K, Loaded<V>> for Batch<K, V> {
    /// Returns a result for each key, because the loader panics if one is missing.
    async fn load(&mut self, keys: &[K]) -> HashMap<K, Loaded<V>> {
        match (self.fetch)(&self.app, &self.actor, keys).await {
            Ok(mut found) => keys.iter().map(|key| (key.clone(), Ok(found.remove(key)))).collect(),
            Err(error) => {
                let error = Arc::new(error);
                keys.iter().map(|key| (key.clone(), Err(error.clone()))).collect()
            }
        }
    }
}

impl<K: Eq + Hash + Clone + Debug + Send + Sync, V: Clone + Send> BatchLoader<K, V> {
    /// A loader that uses `fetch`.
    #[must_use]
    pub fn new(app: &App, actor: &Actor, fetch: Fetch<K, V>) -> Self {
        let batch = Batch { app: app.clone(), actor: actor.clone(), fetch };
        Self(cached::Loader::new(batch).with_max_batch_size(BATCH).with_yield_count(YIELDS))
    }

    /// The value of a key, loaded in one batch with the other keys requested at the same time.
    ///
    /// # Errors
    /// The error of the batch.
    pub async fn load(&self, key: K) -> async_graphql::Result<Option<V>> {
        let loaded = match self.0.try_load(key.clone()).await {
            Ok(loaded) => loaded,
            // A sibling field that had started the batch with this key was dropped before the batch completed.
            Err(_) => self.0.try_load(key).await.or_internal("load a batch")?,
        };
        loaded.map_err(ServiceError::Shared).map_err(Into::into)
    }

    /// The values of many keys; unknown keys are left out.
    ///
    /// # Errors
    /// The error of the batch.
    pub async fn load_many(&self, keys: Vec<K>) -> async_graphql::Result<HashMap<K, V>> {
        let loaded = match self.0.try_load_many(keys.clone()).await {
            Ok(loaded) => loaded,
            Err(_) => self.0.try_load_many(keys).await.or_internal("load a batch")?,
        };
        let mut found = HashMap::with_capacity(loaded.len());
        for (key, outcome) in loaded {
            if let Some(value) = outcome.map_err(ServiceError::Shared)? {
                found.insert(key, value);
            }
        }
        Ok(found)
    }
}

/// The current loaders of a request. They are replaced after each mutation field and at each event of a subscription,
/// because loaded data may be out of date.
#[derive(Clone)]
pub struct CurrentLoaders(Arc<RwLock<Arc<Loaders>>>);

impl CurrentLoaders {
    /// New loaders with the permissions of the actor.
    #[must_use]
    pub fn new(app: App, actor: Actor) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(Loaders::new(app, actor)))))
    }

    /// The loaders to use now. Do not keep them.
    #[must_use]
    pub fn get(&self) -> Arc<Loaders> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the loaders, for all clones.
    pub fn renew(&self) {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(Loaders::new(current.app.clone(), current.actor.clone()));
    }
}

/// Defines [`Loaders`]: name, key and value of each relation, and the function that loads its batches.
macro_rules! loaders {
    ($($(#[$meta:meta])* $name:ident: $key:ty => $value:ty, $fetch:expr;)*) => {
        /// The loaders of one request. Each is created at its first use.
        pub struct Loaders {
            app: App,
            actor: Actor,
            pricings: Mutex<HashMap<(CartId, i32), Pricing>>,
            $($name: OnceLock<BatchLoader<$key, $value>>,)*
        }

        impl Loaders {
            /// New loaders with the permissions of the actor.
            #[must_use]
            pub fn new(app: App, actor: Actor) -> Self {
                Self { app, actor, pricings: Mutex::default(), $($name: OnceLock::new(),)* }
            }

            $($(#[$meta])* pub fn $name(&self) -> &BatchLoader<$key, $value> {
                self.$name.get_or_init(|| BatchLoader::new(&self.app, &self.actor, $fetch))
            })*
        }
    };
}

impl Loaders {
    /// The prices of a cart that the caller has read, computed once per version.
    #[must_use]
    pub fn pricing(&self, cart: &Arc<Cart>) -> Pricing {
        let mut known = self.pricings.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry((cart.id, cart.version)).or_insert_with(|| Pricing::of(&self.app, cart)).clone()
    }
}

loaders! {
    /// Products that shoppers of a channel see.
    visible_products: ChannelProduct => Arc<Product>, |app, _, keys| Box::pin(storefront::load_visible_products(app, keys));
    /// Products that a shopper requested by id, if the channel shows them; counted as views.
    viewed_products: ChannelProduct => Arc<Product>, |app, _, keys| Box::pin(storefront::load_viewed_products(app, keys));
    /// Products from the cache, published or not, for staff.
    cached_products: ProductId => Arc<Product>, |app, actor, ids| Box::pin(catalog::cached_products(app, actor, ids));
    /// Products read from the store, bypassing the cache, for staff.
    fresh_products: ProductId => Arc<Product>, |app, actor, ids| Box::pin(catalog::products_by_ids(app, actor, ids));
    /// The products that variants belong to.
    products_of_variants: VariantId => ProductId, |app, _, ids| Box::pin(catalog::products_of_variants(app, ids));
    /// The inventory items of variants, for staff.
    inventory_items: VariantId => InventoryItem, |app, actor, ids| Box::pin(inventory::items_of_variants(app, actor, ids));
    /// Promotions by id, for staff.
    promotions: PromotionId => Promotion, |app, actor, ids| Box::pin(promotions::promotions_by_ids(app, actor, ids));
    /// The number of uses of discount codes, for staff.
    code_uses: DiscountCodeId => i64, |app, actor, ids| Box::pin(promotions::count_uses(app, actor, ids));
    /// Payments by id, for staff.
    payments: PaymentId => Payment, |app, actor, ids| Box::pin(payments::payments_by_ids(app, actor, ids));
    /// Carts that the actor may see.
    carts: CartId => Arc<Cart>, |app, actor, ids| Box::pin(cart::carts_by_ids(app, actor, ids));
    /// Carts by their ids for staff.
    cart_records: CartRecordId => CartRecord, |app, actor, ids| Box::pin(cart::records_by_ids(app, actor, ids));
    /// The prices of carts that a use case has returned to staff.
    cart_prices: CartToPrice => Arc<PricedCart>, |app, _, carts| Box::pin(pricing::price_for_staff(app, carts));
    /// The stock of the variants of products.
    stock: ProductId => ProductStock, |app, _, ids| Box::pin(storefront::load_stock(app, ids));
    /// Customers that the actor may see.
    customers: CustomerId => Customer, |app, actor, ids| Box::pin(identity::customers_by_ids(app, actor, ids));
    /// Customers, for staff.
    customers_for_staff: CustomerId => Customer, |app, actor, ids| Box::pin(identity::customers_for_staff(app, actor, ids));
    /// The addresses of customers that the actor may see.
    customer_addresses: CustomerId => Vec<CustomerAddress>, |app, actor, ids| Box::pin(identity::addresses_of(app, actor, ids));
    /// The groups of customers that the actor may see.
    customer_groups: CustomerId => Vec<CustomerGroup>, |app, actor, ids| Box::pin(identity::groups_of(app, actor, ids));
    /// Members of staff by id, for staff.
    staff: StaffUserId => StaffUser, |app, actor, ids| Box::pin(identity::staff_by_ids(app, actor, ids));
    /// Orders, for staff.
    orders: OrderId => Order, |app, actor, ids| Box::pin(orders::by_ids(app, actor, ids));
    /// Orders of the customer who is logged in.
    own_orders: OrderId => Order, |app, actor, ids| Box::pin(orders::own_by_ids(app, actor, ids));
    /// The lines of orders that the caller has read already.
    order_lines: OrderId => Vec<OrderLine>, |app, _, ids| Box::pin(orders::lines_of(app, ids));
    /// The fulfillments of orders that the caller has read already.
    order_fulfillments: OrderId => Vec<Fulfillment>, |app, _, ids| Box::pin(orders::fulfillments_of(app, ids));
    /// The timelines of orders that the caller has read already.
    order_events: OrderId => Vec<OrderEvent>, |app, _, ids| Box::pin(orders::events_of(app, ids));
    /// The notes of staff about orders, oldest first.
    order_notes: OrderId => Vec<OrderNote>, |app, actor, ids| Box::pin(orders::notes_of(app, actor, ids));
    /// The allocations of lines of orders that the caller has read already.
    line_allocations: OrderLineId => Vec<Allocation>, |app, _, ids| Box::pin(orders::allocations_of(app, ids));
    /// Instructions for bank transfers of orders that the caller has read already.
    payment_instructions: OrderId => TransferInstructions, |app, _, ids| Box::pin(payments::instructions_of(app, ids));
    /// The payments of an order, oldest first.
    payments_of_order: OrderId => Vec<Payment>, |app, actor, ids| Box::pin(payments::payments_of_orders(app, actor, ids));
    /// The attempts of a payment, in order.
    payment_attempts: PaymentId => Vec<PaymentAttempt>, |app, actor, ids| Box::pin(payments::attempts_of(app, actor, ids));
    /// The transactions of a payment, oldest first.
    payment_transactions: PaymentId => Vec<PaymentTransaction>, |app, actor, ids| Box::pin(payments::transactions_of(app, actor, ids));
    /// The refunds of a payment, oldest first.
    payment_refunds: PaymentId => Vec<Refund>, |app, actor, ids| Box::pin(payments::refunds_of(app, actor, ids));
}
