//! Carts and orders after each change.

use model::{
    access::Actor,
    cart::Cart,
    ids::{CartId, OrderId},
    orders::Order,
};

use super::Storefront;
use crate::{
    App, ServiceResult,
    bus::{self, Topic},
    cart::find_cart,
    identity::Client,
    orders::find_by_token,
};

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
    client: Client,
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
        let (app, actor, client) = (self.app.clone(), self.actor.clone(), client.clone());
        Ok(Some(OrderUpdates { app, actor, client, id, token, wakes, seen: order.version }))
    }
}

impl CartUpdates {
    /// The cart after its next change; several changes in quick succession may be returned as one. `None` when the cart
    /// no longer exists or the actor no longer sees it.
    ///
    /// # Errors
    /// [`crate::ServiceError`] if the database is unavailable; the next call tries again.
    pub async fn next(&mut self) -> ServiceResult<Option<Cart>> {
        loop {
            self.wakes.changed().await;
            match find_cart(&self.app, &self.actor, self.id).await? {
                Some(cart) if cart.version == self.seen => {}
                Some(cart) => {
                    self.seen = cart.version;
                    return Ok(Some(cart));
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
    pub async fn next(&mut self) -> ServiceResult<Option<Order>> {
        loop {
            self.wakes.changed().await;
            match find_by_token(&self.app, &self.actor, &self.client, self.id, self.token.as_deref()).await? {
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
