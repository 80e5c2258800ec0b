//! The one way to change a cart: one statement reads it, one writes it under its version. Whoever loses a race reads
//! again; after a few lost races the row is locked, so that everybody gets on.

use model::{
    Timestamp,
    access::Actor,
    cart::{Cart, CartError, Refusals},
    ids::CartId,
};
use persistence::{Conn, StoreError, carts, db::Transactions as _};

use super::CartChangeError;
use crate::{
    App,
    bus::Topic,
    idempotency::{self, Keyed},
    telemetry::Counter,
};

/// How often a change is tried without a lock.
const TRIES: u32 = 3;

/// Which cart is changed, and what the caller knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CartTarget {
    /// The cart.
    pub id: CartId,
    /// The version the caller last saw; the change is refused when it has moved on. Any, where absent.
    pub expected_version: Option<i32>,
}

/// A step of the funnel that a change may take.
#[derive(Clone, Copy)]
pub(super) struct Step {
    /// What is counted.
    pub counter: Counter,
    /// Whether a cart has taken it.
    pub is_taken: fn(&Cart) -> bool,
}

impl Step {
    /// Something is in it.
    pub const FIRST_LINE: Self = Self { counter: Counter::AddedToCart, is_taken: |cart| !cart.lines.is_empty() };
    /// It is known who buys; the country alone says where taxes are.
    pub const BUYER: Self = Self {
        counter: Counter::CheckoutStarted,
        is_taken: |cart| cart.buyer.email.is_some() || cart.buyer.phone.is_some(),
    };
    /// It is known where it goes.
    pub const ADDRESS: Self = Self { counter: Counter::AddressGiven, is_taken: |cart| cart.shipping_address.is_some() };
    /// It is known how it is delivered.
    pub const DELIVERY: Self =
        Self { counter: Counter::DeliveryChosen, is_taken: |cart| !cart.delivery_choices.is_empty() };

    /// Decides, and says whether the cart takes the step by that.
    fn watch(
        self,
        cart: &mut Cart,
        mut decide: impl FnMut(&mut Cart) -> Result<(), Refusals>,
    ) -> Result<bool, Refusals> {
        let was_taken = (self.is_taken)(cart);
        decide(cart)?;
        Ok(!was_taken && (self.is_taken)(cart))
    }
}

/// As [`change`]; counts the step when the cart had not taken it before and has now.
pub(super) async fn change_step(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    step: Step,
    mut decide: impl FnMut(&mut Cart) -> Result<(), Refusals> + Send,
) -> Result<Cart, CartChangeError> {
    let mut is_first = false;
    let cart = change(app, actor, target, |cart| {
        is_first = step.watch(cart, &mut decide)?;
        Ok(())
    })
    .await?;
    if is_first {
        app.telemetry.count(step.counter);
    }
    Ok(cart)
}

/// Changes a cart, and gives it as it is afterwards. `decide` may be called more than once, each time on the cart as
/// it was just read; a cart that it leaves as it is, is not written.
pub(super) async fn change(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    mut decide: impl FnMut(&mut Cart) -> Result<(), Refusals> + Send,
) -> Result<Cart, CartChangeError> {
    let mut attempt = Attempt { actor, target, now: app.clock.now(), decide: &mut decide };
    let mut conn = app.db.write().await?;
    for _ in 0..TRIES {
        let found = carts::find(&mut conn, target.id).await?;
        match attempt.write(&mut conn, found).await {
            Err(CartChangeError::Service(crate::ServiceError::Store(StoreError::VersionConflict))) => {}
            done => return publish(app, done),
        }
    }
    let done = conn
        .transaction::<_, CartChangeError, _>(async |conn| {
            let found = carts::lock(conn, target.id).await?;
            attempt.write(conn, found).await
        })
        .await;
    publish(app, done)
}

/// As [`change_step`], once for each key; gives the cart as it is.
pub(super) async fn change_once(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    step: Step,
    keyed: Option<&Keyed>,
    mut decide: impl FnMut(&mut Cart) -> Result<(), Refusals> + Send,
) -> Result<Cart, CartChangeError> {
    let mut is_first = false;
    let mut watched = |cart: &mut Cart| {
        is_first = step.watch(cart, &mut decide)?;
        Ok(())
    };
    let mut attempt = Attempt { actor, target, now: app.clock.now(), decide: &mut watched };
    let mut conn = app.db.write().await?;
    let done = conn
        .transaction::<_, CartChangeError, _>(async |conn| {
            let before: Option<CartId> = idempotency::begin_with(conn, keyed, &target.id).await?;
            let found = carts::lock(conn, target.id).await?;
            if before.is_none() {
                return attempt.write(conn, found).await;
            }
            let found = found.filter(|cart| cart.is_visible_to(actor, attempt.now));
            let cart = found.ok_or_else(|| CartChangeError::refused(CartError::NotFound, &["cartId"]))?;
            Ok(Written::Unchanged(cart))
        })
        .await;
    let cart = publish(app, done)?;
    if is_first {
        app.telemetry.count(step.counter);
    }
    Ok(cart)
}

/// What happened to a cart.
enum Written {
    Changed(Cart),
    Unchanged(Cart),
}

fn publish(app: &App, done: Result<Written, CartChangeError>) -> Result<Cart, CartChangeError> {
    match done? {
        Written::Unchanged(cart) => Ok(cart),
        Written::Changed(cart) => {
            app.bus.publish(Topic::Cart(cart.id));
            Ok(cart)
        }
    }
}

struct Attempt<'a, F> {
    actor: &'a Actor,
    target: CartTarget,
    now: Timestamp,
    decide: &'a mut F,
}

impl<F: FnMut(&mut Cart) -> Result<(), Refusals> + Send> Attempt<'_, F> {
    async fn write(&mut self, conn: &mut Conn, found: Option<Cart>) -> Result<Written, CartChangeError> {
        let before = self.admit(found)?;
        let mut cart = before.clone();
        cart.assign_to(self.actor);
        (self.decide)(&mut cart)?;
        if cart == before {
            return Ok(Written::Unchanged(cart));
        }
        cart.touch(self.now);
        carts::save(conn, &cart, before.version).await?;
        Ok(Written::Changed(cart))
    }

    /// The cart, when the actor may change it as it is.
    fn admit(&self, found: Option<Cart>) -> Result<Cart, CartChangeError> {
        let refuse = |error, field: &str| CartChangeError::refused(error, &[field]);
        let cart = found
            .filter(|cart| cart.is_visible_to(self.actor, self.now))
            .ok_or_else(|| refuse(CartError::NotFound, "cartId"))?;
        cart.require_active().map_err(|error| refuse(error, "cartId"))?;
        cart.require_version(self.target.expected_version).map_err(|error| refuse(error, "expectedVersion"))?;
        Ok(cart)
    }
}
