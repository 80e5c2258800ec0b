//! Carts and orders after each change. All subscribers that the same wake reaches share one read and one computation of
//! prices; each of them is authorized separately.

use std::{collections::HashMap, sync::Arc, time::Duration};

use model::{
    access::Actor,
    cart::Cart,
    ids::{CartId, OrderId},
    orders::Order,
};
use moka::sync::Cache;
use persistence::{carts, orders};

use super::Storefront;
use crate::{
    App, ServiceResult,
    bus::{self, Topic, Wake},
    cache::KeyedCache,
    cart::find_cart,
    checkout::{Pricing, SharedPrices},
    identity::Client,
    orders::{find_by_token, is_readable},
};

/// Time for which the state after a wake is kept for further subscribers of the same wake.
const KEPT: Duration = Duration::from_secs(2);
/// The maximum number of lines of all carts that are kept.
const MAX_LINES: u64 = 20_000;
/// The maximum number of orders that are kept.
const MAX_ORDERS: u64 = 1_000;

/// A cart after a change, with its prices.
#[derive(Clone)]
pub struct CartUpdate {
    /// The cart.
    pub cart: Arc<Cart>,
    /// Its prices, which all subscribers share.
    pub pricing: Pricing,
}

/// A cart that subscribers share, and the place for its prices.
#[derive(Clone)]
struct HeldCart {
    cart: Arc<Cart>,
    prices: SharedPrices,
}

/// The carts and orders that the subscribers of a process share, by the wake after which they were read.
pub(crate) struct Updates {
    carts: KeyedCache<(CartId, Wake), HeldCart>,
    orders: KeyedCache<(OrderId, Wake), Arc<Order>>,
}

impl Default for Updates {
    /// Without any state.
    fn default() -> Self {
        let carts = Cache::builder()
            .weigher(|_, held: &HeldCart| u32::try_from(held.cart.lines.len()).unwrap_or(u32::MAX).max(1))
            .max_capacity(MAX_LINES)
            .time_to_live(KEPT)
            .build();
        let orders = Cache::builder().max_capacity(MAX_ORDERS).time_to_live(KEPT).build();
        Self { carts: KeyedCache::new(carts), orders: KeyedCache::new(orders) }
    }
}

/// The states of one cart, as long as the actor may see it.
pub struct CartUpdates {
    app: App,
    actor: Actor,
    id: CartId,
    wakes: bus::Subscription,
    /// The version that was returned last.
    seen: i32,
}

/// The states of one order, as long as the actor may see it.
pub struct OrderUpdates {
    app: App,
    actor: Actor,
    id: OrderId,
    token: Option<String>,
    wakes: bus::Subscription,
    /// The version that was returned last.
    seen: i32,
}

impl Storefront<'_> {
    /// The changes of a cart from now on, whichever process makes them; `None` if the actor sees no such cart.
    ///
    /// # Errors
    /// [`crate::ServiceError`] if the database is unavailable.
    pub async fn cart_updates(&self, id: CartId) -> ServiceResult<Option<CartUpdates>> {
        // Subscribe before reading, so that no change between the two is missed.
        let wakes = self.app.bus.subscribe(Topic::Cart(id));
        let Some(cart) = find_cart(self.app, self.actor, id).await? else { return Ok(None) };
        let (app, actor) = (self.app.clone(), self.actor.clone());
        Ok(Some(CartUpdates { app, actor, id, wakes, seen: cart.version }))
    }

    /// The changes of an order from now on, whichever process makes them; `None` if the actor sees no such order without
    /// the token of its cart.
    ///
    /// # Errors
    /// [`crate::ServiceError`] if the database is unavailable.
    pub async fn order_updates(
        &self,
        client: &Client,
        id: OrderId,
        token: Option<String>,
    ) -> ServiceResult<Option<OrderUpdates>> {
        // Subscribe before reading, so that no change between the two is missed.
        let wakes = self.app.bus.subscribe(Topic::Order(id));
        let order = find_by_token(self.app, self.actor, client, id, token.as_deref()).await?;
        let Some(order) = order else { return Ok(None) };
        let (app, actor) = (self.app.clone(), self.actor.clone());
        Ok(Some(OrderUpdates { app, actor, id, token, wakes, seen: order.version }))
    }
}

impl CartUpdates {
    /// The cart after its next change; several changes in quick succession may be returned as one. `None` when the cart
    /// no longer exists or the actor no longer sees it.
    ///
    /// # Errors
    /// [`crate::ServiceError`] if the database is unavailable; the next call tries again.
    pub async fn next(&mut self) -> ServiceResult<Option<CartUpdate>> {
        loop {
            let wake = self.wakes.changed().await;
            let found = cart_after(&self.app, self.id, wake).await?;
            match found.filter(|update| update.cart.is_visible_to(&self.actor, self.app.clock.now())) {
                Some(update) if update.cart.version == self.seen => {}
                Some(update) => {
                    self.seen = update.cart.version;
                    return Ok(Some(update));
                }
                None => return Ok(None),
            }
        }
    }
}

impl OrderUpdates {
    /// The order after its next change; several changes in quick succession may be returned as one. `None` when the
    /// actor no longer sees it.
    ///
    /// # Errors
    /// [`crate::ServiceError`] if the database is unavailable; the next call tries again.
    pub async fn next(&mut self) -> ServiceResult<Option<Arc<Order>>> {
        loop {
            let wake = self.wakes.changed().await;
            let found = order_after(&self.app, self.id, wake).await?;
            match found.filter(|order| is_readable(order, &self.actor, self.token.as_deref())) {
                Some(order) if order.version == self.seen => {}
                Some(order) => {
                    self.seen = order.version;
                    return Ok(Some(order));
                }
                None => return Ok(None),
            }
        }
    }
}

/// The cart as read after a wake, by the first subscriber that needs it.
async fn cart_after(app: &App, id: CartId, wake: Wake) -> ServiceResult<Option<CartUpdate>> {
    let load = async |keys: Vec<(CartId, Wake)>| {
        let mut conn = app.db.read().await?;
        let found = carts::find(&mut conn, id).await?;
        let held = found.map(|cart| HeldCart { cart: Arc::new(cart), prices: SharedPrices::default() });
        Ok(keys.into_iter().filter_map(|key| Some((key, held.clone()?))).collect::<HashMap<_, _>>())
    };
    let held = app.updates.carts.get(&(id, wake), load).await?;
    Ok(held.map(|HeldCart { cart, prices }| CartUpdate { pricing: Pricing::shared(app, &cart, prices), cart }))
}

/// The order as read after a wake, by the first subscriber that needs it.
async fn order_after(app: &App, id: OrderId, wake: Wake) -> ServiceResult<Option<Arc<Order>>> {
    let load = async |keys: Vec<(OrderId, Wake)>| {
        let mut conn = app.db.read().await?;
        let found = orders::find(&mut conn, id).await?.map(Arc::new);
        Ok(keys.into_iter().filter_map(|key| Some((key, found.clone()?))).collect::<HashMap<_, _>>())
    };
    app.updates.orders.get(&(id, wake), load).await
}
