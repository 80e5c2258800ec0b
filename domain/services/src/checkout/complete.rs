//! Completing a cart. Browser, webhook, job and retry all come through here, and a constraint makes the order one.

use model::{
    IdempotencyKey,
    access::Actor,
    cart::CartStatus,
    ids::{CartId, OrderId, PaymentId},
    orders::{self as rules, Order, PlaceError},
};
use persistence::{Conn, carts, db::Transactions as _, orders, payments};

use super::{
    CompleteError,
    give_up::give_up,
    transaction::{Completed, Prepared, place_order},
};
use crate::{
    App, ServiceError,
    bus::Topic,
    idempotency::{self, Keyed},
    payments::look_again,
    pricing::{self, Freshness},
    telemetry::Counter,
};

/// How often a cart that changes meanwhile is priced again.
const TRIES: u32 = 5;

/// Which cart is completed.
#[derive(Debug, Clone)]
pub struct CompleteCart {
    /// The cart.
    pub cart_id: CartId,
    /// The version the caller last saw.
    pub expected_version: Option<i32>,
    /// The same key with the same cart gives the same order.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Makes an order of a cart, or gives the order that it became before: however many ask, at once or again, there is
/// one order, and all get it. A refusal for good lets go of the cart's payment; a cart that has become free needs none.
///
/// # Errors
/// [`CompleteError`].
pub async fn complete(app: &App, actor: &Actor, input: CompleteCart) -> Result<Order, CompleteError> {
    let mut seen = None;
    let mut outcome = try_to_complete(app, actor, &input, &mut seen).await;
    // The shopper comes back from the gateway before its message.
    if let (Err(CompleteError::Place(PlaceError::PaymentActionRequired)), Some(payment)) = (&outcome, seen)
        && look_again(app, payment).await?
    {
        outcome = try_to_complete(app, actor, &input, &mut seen).await;
    }
    if let Err(CompleteError::Place(PlaceError::PaymentRequired)) = outcome {
        outcome = Err(why_unpaid(app, input.cart_id).await?);
    }
    if outcome.as_ref().is_err_and(CompleteError::is_final) {
        app.telemetry.count(Counter::OrderRefused);
        if let Some(payment) = seen {
            give_up(app, input.cart_id, payment).await?;
        }
    }
    match outcome {
        Err(CompleteError::Place(PlaceError::PaymentAmountMismatch)) => {
            try_to_complete(app, actor, &input, &mut seen).await.or(outcome)
        }
        outcome => outcome,
    }
}

/// What to say of a cart without a payment: nobody is asked to pay for what cannot be had, least of all a shopper whose
/// payment was let go because others were faster, and who asks again.
async fn why_unpaid(app: &App, id: CartId) -> Result<CompleteError, CompleteError> {
    let cart = carts::find(&mut *app.db.read().await?, id).await?.ok_or(CompleteError::CartNotFound)?;
    let priced = pricing::price(app, &cart, Freshness::Cached).await?;
    Ok(rules::require_no_problem(&priced).err().unwrap_or(PlaceError::PaymentRequired).into())
}

/// Completes the cart of a payment that was decided while nobody waited: after a redirect, a webhook, or a shopper who
/// went away. The order, or none when the payment is no longer wanted or the cart is refused; then the payment is let
/// go.
///
/// # Errors
/// A store's error; it can be tried again.
pub async fn complete_paid(app: &App, payment_id: PaymentId) -> Result<Option<Order>, ServiceError> {
    let mut conn = app.db.read().await?;
    let Some(payment) = payments::find(&mut conn, payment_id).await? else { return Ok(None) };
    drop(conn);
    if !payment.is_active() {
        return Ok(None);
    }
    let input = CompleteCart { cart_id: payment.cart_id, expected_version: None, idempotency_key: None };
    match try_to_complete(app, &Actor::System, &input, &mut None).await {
        Ok(order) => Ok(Some(order)),
        Err(CompleteError::Service(error)) => Err(error),
        Err(refusal) => {
            tracing::info!(payment = %payment_id, %refusal, "a paid cart was refused");
            app.telemetry.count(Counter::OrderRefused);
            give_up(app, input.cart_id, payment_id).await?;
            Ok(None)
        }
    }
}

/// `seen` becomes the payment that the cart was looked at with.
async fn try_to_complete(
    app: &App,
    actor: &Actor,
    input: &CompleteCart,
    seen: &mut Option<PaymentId>,
) -> Result<Order, CompleteError> {
    let _turn = app.turns.of(input.cart_id).await;
    for _ in 0..TRIES {
        match attempt(app, actor, input, seen).await {
            Err(error) if error.is_passing() => {}
            done => return done,
        }
    }
    Err(CompleteError::Service(persistence::StoreError::Retry.into()))
}

async fn attempt(
    app: &App,
    actor: &Actor,
    input: &CompleteCart,
    seen: &mut Option<PaymentId>,
) -> Result<Order, CompleteError> {
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let cart = carts::find(&mut conn, input.cart_id).await?;
    let cart = cart.filter(|cart| cart.is_visible_to(actor, now)).ok_or(CompleteError::CartNotFound)?;
    let keyed = keyed(actor, input)?;
    if let Some(order) = cart.order {
        return existing(&mut conn, keyed.as_ref(), order).await;
    }
    if cart.status != CartStatus::Active {
        return Err(CompleteError::CartNotFound);
    }
    if *actor != Actor::Anonymous {
        // It counts for all their carts: one that was used for another is told before anything is found wrong with this.
        let _: Option<OrderId> = idempotency::look(&mut conn, keyed.as_ref()).await?;
    }
    cart.require_version(input.expected_version)?;
    drop(conn);

    // Prices never come from a cache here, and nothing outside of Postgres is asked within the transaction.
    let priced = pricing::price(app, &cart, Freshness::Fresh).await?;
    let settings = app.settings.current(&app.db).await?;
    let channel = settings.channel_by_id(cart.channel).ok_or(CompleteError::CartNotFound)?;
    let prepared = Prepared { actor, cart: &cart, priced: &priced, channel, now };
    let mut conn = app.db.write().await?;
    let completed = conn
        .transaction::<_, CompleteError, _>(async |conn| once_per_key(conn, keyed.as_ref(), &prepared, seen).await)
        .await?;
    Ok(match completed {
        Completed::Before(order) => order,
        Completed::Now(order, products) => {
            app.availability.invalidate(&products);
            app.telemetry.count(Counter::OrderPlaced);
            app.telemetry.count(Counter::OrderAccepted);
            for topic in [Topic::Cart(cart.id), Topic::Outbox, Topic::Jobs] {
                app.bus.publish(topic);
            }
            order
        }
    })
}

fn keyed(actor: &Actor, input: &CompleteCart) -> Result<Option<Keyed>, ServiceError> {
    let asked = (input.cart_id, input.expected_version);
    Keyed::of_cart("cartComplete", actor, input.cart_id, input.idempotency_key.as_ref(), &asked)
}

/// Places the order and keeps it under the key. A key that is another request's rolls everything back, as a refusal does
/// the key. With an answer the cart is an order by now, which is found where every order is found.
async fn once_per_key(
    conn: &mut Conn,
    keyed: Option<&Keyed>,
    with: &Prepared<'_>,
    seen: &mut Option<PaymentId>,
) -> Result<Completed, CompleteError> {
    let completed = place_order(conn, with, seen).await?;
    let (Completed::Now(order, _) | Completed::Before(order)) = &completed;
    let _: Option<OrderId> = idempotency::begin_with(conn, keyed, &order.id).await?;
    Ok(completed)
}

/// The order that the cart is already; the key is kept all the same, so that it cannot be used with another cart.
async fn existing(conn: &mut Conn, keyed: Option<&Keyed>, id: OrderId) -> Result<Order, CompleteError> {
    let _: Option<OrderId> = idempotency::begin_with(conn, keyed, &id).await?;
    orders::find(conn, id).await?.ok_or(CompleteError::CartNotFound)
}
