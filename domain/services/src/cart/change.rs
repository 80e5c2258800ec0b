//! Changing a cart: one statement reads it and one writes it under its version. After a few lost races the row is
//! locked, so that every change is applied in the end.

use model::{
    Timestamp,
    access::Actor,
    cart::{Cart, CartError, Refusals},
    ids::CartId,
    settings::CartLifetime,
};
use persistence::{Conn, StoreError, carts, db::Transactions as _};

use super::{CartChangeError, CartRefused, account::claim};
use crate::{
    App,
    bus::Topic,
    idempotency::{self, Keyed},
    telemetry::Counter,
};

/// The number of attempts without a lock.
const ATTEMPTS: u32 = 3;

/// The cart to change, and the version that the caller knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CartTarget {
    /// The cart.
    pub id: CartId,
    /// The version the caller last saw; the change is refused if the cart has another one. Any version if absent.
    pub expected_version: Option<i32>,
}

/// A step of the checkout funnel, and the condition under which a cart has taken it.
type Step = (Counter, fn(&Cart) -> bool);

/// The steps that changes of a cart take. A country alone is no buyer: it only selects the taxes.
const STEPS: [Step; 4] = [
    (Counter::AddedToCart, |cart| !cart.lines.is_empty()),
    (Counter::CheckoutStarted, |cart| cart.buyer.email.is_some() || cart.buyer.phone.is_some()),
    (Counter::AddressGiven, |cart| cart.shipping_address.is_some()),
    (Counter::DeliveryChosen, |cart| !cart.delivery_choices.is_empty()),
];

/// Counts the steps that the cart has taken since `before`, which is none for a new cart. Details that the cart got
/// from the customer's account count like details that the shopper entered.
pub(super) fn count_steps(app: &App, before: Option<&Cart>, after: &Cart) {
    for (counter, is_taken) in STEPS {
        if is_taken(after) && !before.is_some_and(is_taken) {
            app.telemetry.count(counter);
        }
    }
}

/// Changes a cart and returns it; with a key, once for each key. `decide` may run more than once, each time on the cart
/// as it was just read; a cart that it does not change is not written.
pub(super) async fn change(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    keyed: Option<&Keyed>,
    decide: impl FnMut(&mut Cart) -> Result<(), Refusals> + Send,
) -> Result<Cart, CartChangeError> {
    let mut change = Change::prepare(app, actor, target, decide).await?;
    let mut conn = app.db.write().await?;
    let changed = match keyed {
        Some(keyed) => change.apply_once(&mut conn, keyed).await?,
        None => change.apply(&mut conn, None).await?,
    };
    Ok(announce(app, changed))
}

/// Like [`change`], for a cart that the use case has just read: it is not read again unless it has changed since, which
/// its version shows.
pub(super) async fn change_read(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    read: Option<Cart>,
    decide: impl FnMut(&mut Cart) -> Result<(), Refusals> + Send,
) -> Result<Cart, CartChangeError> {
    let mut change = Change::prepare(app, actor, target, decide).await?;
    let mut conn = app.db.write().await?;
    Ok(announce(app, change.apply(&mut conn, read).await?))
}

/// Counts the steps of a changed cart and notifies its subscribers.
fn announce(app: &App, Changed { before, cart }: Changed) -> Cart {
    if let Some(before) = before {
        count_steps(app, Some(&before), &cart);
        app.bus.publish(Topic::Cart(cart.id));
    }
    cart
}

/// The cart after a change.
struct Changed {
    /// The cart before the change; none if nothing was written.
    before: Option<Cart>,
    cart: Cart,
}

struct Change<'a, F> {
    actor: &'a Actor,
    target: CartTarget,
    lifetime: CartLifetime,
    now: Timestamp,
    decide: F,
}

impl<'a, F: FnMut(&mut Cart) -> Result<(), Refusals> + Send> Change<'a, F> {
    async fn prepare(app: &App, actor: &'a Actor, target: CartTarget, decide: F) -> Result<Self, CartChangeError> {
        let lifetime = app.settings.current(&app.db).await?.shop.cart_lifetime();
        Ok(Self { actor, target, lifetime, now: app.clock.now(), decide })
    }

    async fn apply(&mut self, conn: &mut Conn, mut read: Option<Cart>) -> Result<Changed, CartChangeError> {
        for _ in 0..ATTEMPTS {
            let found = match read.take() {
                Some(cart) => Some(cart),
                None => carts::find(conn, self.target.id).await?,
            };
            match self.write(conn, found).await {
                Err(error) if matches!(error.store_error(), Some(StoreError::VersionConflict)) => {}
                outcome => return outcome,
            }
        }
        conn.transaction::<_, CartChangeError, _>(async |conn| {
            let found = carts::lock(conn, self.target.id).await?;
            self.write(conn, found).await
        })
        .await
    }

    async fn apply_once(&mut self, conn: &mut Conn, keyed: &Keyed) -> Result<Changed, CartChangeError> {
        conn.transaction::<_, CartChangeError, _>(async |conn| {
            let earlier: Option<CartId> = idempotency::begin_with(conn, Some(keyed), &self.target.id).await?;
            let found = carts::lock(conn, self.target.id).await?;
            match earlier {
                None => self.write(conn, found).await,
                Some(_) => Ok(Changed { before: None, cart: self.visible(found)? }),
            }
        })
        .await
    }

    async fn write(&mut self, conn: &mut Conn, found: Option<Cart>) -> Result<Changed, CartChangeError> {
        let before = self.admit(found)?;
        let mut cart = before.clone();
        claim(conn, &mut cart, self.actor).await?;
        (self.decide)(&mut cart)?;
        if cart == before {
            return Ok(Changed { before: None, cart });
        }
        cart.touch(self.now);
        cart.extend(self.lifetime, self.now);
        carts::save(conn, &cart, before.version).await?;
        Ok(Changed { before: Some(before), cart })
    }

    /// The cart, if the actor may change it.
    fn admit(&self, found: Option<Cart>) -> Result<Cart, CartRefused> {
        let cart = self.visible(found)?;
        cart.require_active().map_err(|error| CartRefused::at(error, &["cartId"]))?;
        cart.require_version(self.target.expected_version)
            .map_err(|error| CartRefused::at(error, &["expectedVersion"]))?;
        Ok(cart)
    }

    fn visible(&self, found: Option<Cart>) -> Result<Cart, CartRefused> {
        found
            .filter(|cart| cart.is_visible_to(self.actor, self.now))
            .ok_or_else(|| CartRefused::at(CartError::NotFound, &["cartId"]))
    }
}
