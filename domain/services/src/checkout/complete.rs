//! Completing a cart. Browser, webhook, job and retry all come through here; a unique constraint guarantees one order.

use model::{
    access::Actor,
    cart::{Cart, CartStatus},
    ids::{CartId, PaymentId},
    orders::{self as rules, Order, PaymentHolds, PlaceError},
};
use persistence::{
    StoreError, carts,
    db::{Transactions as _, Workload},
    orders, payments,
};

use super::{
    CompleteError, CompleteRule,
    error::{Refusal, is_transient},
    release::release_refused,
    request::{CompleteCart, CompletionKey},
    transaction::{Completed, Prepared, place_order},
};
use crate::{
    App, ServiceError,
    bus::Topic,
    error::OrInternal as _,
    payments::{get_record, query_gateways},
    pricing::{self, Freshness},
    telemetry::Counter,
};

/// Attempts to price a cart that changes while it is priced.
const TRIES: u32 = 5;

/// Turns a cart into an order, or returns the order that it became before: any number of concurrent or repeated calls get
/// the same order. A final refusal releases the cart's payment.
///
/// # Errors
/// [`CompleteError`].
pub async fn complete(app: &App, actor: &Actor, input: CompleteCart) -> Result<Order, CompleteError> {
    Workload::Payments.scope(complete_cart(app, actor, input)).await
}

async fn complete_cart(app: &App, actor: &Actor, input: CompleteCart) -> Result<Order, CompleteError> {
    let mut result = attempt(app, actor, &input).await;
    // The shopper returns from 3-D Secure before the gateway's webhook arrives.
    if let Err(Refusal {
        reason: CompleteError::Rule(CompleteRule::Place(PlaceError::PaymentActionRequired)),
        payment: Some(payment),
    }) = &result
        && is_decided_now(app, *payment).await?
    {
        result = attempt(app, actor, &input).await;
    }
    let Refusal { reason, payment } = match result {
        Ok(order) => return Ok(order),
        Err(refusal) => refusal,
    };
    let reason = explain(app, input.cart_id, reason).await?;
    if matches!(&reason, CompleteError::Rule(rule) if rule.is_final()) {
        refuse(app, input.cart_id, payment).await?;
    }
    match reason {
        // A cart that became free needs no payment once the wrong one is released.
        CompleteError::Rule(CompleteRule::Place(PlaceError::PaymentAmountMismatch)) => {
            attempt(app, actor, &input).await.map_err(|_| reason)
        }
        reason => Err(reason),
    }
}

/// Completes the cart of a payment that was authorized while the shopper was away: after a redirect, by a webhook, or by
/// the job that resolves it. Returns none if the payment is no longer wanted, or if the cart is refused; then the payment
/// is released.
///
/// # Errors
/// [`ServiceError`]; the call can be repeated.
pub async fn complete_paid(app: &App, payment_id: PaymentId) -> Result<Option<Order>, ServiceError> {
    let mut conn = app.db.read().await?;
    let payment = payments::find(&mut conn, payment_id).await?;
    drop(conn);
    let Some(payment) = payment.filter(model::payments::Payment::is_active) else { return Ok(None) };
    let input = CompleteCart { cart_id: payment.cart_id, expected_version: None, idempotency_key: None, network: None };
    match attempt(app, &Actor::System, &input).await {
        Ok(order) => Ok(Some(order)),
        Err(Refusal { reason: CompleteError::Failure(error), .. }) => Err(error),
        Err(Refusal { reason, .. }) => {
            tracing::info!(payment = %payment_id, %reason, "a paid cart was refused");
            refuse(app, input.cart_id, Some(payment_id)).await?;
            Ok(None)
        }
    }
}

/// Queries the gateway once for a payment that waits for its shopper; true if it is decided now.
async fn is_decided_now(app: &App, payment: PaymentId) -> Result<bool, ServiceError> {
    let record = get_record(app, payment).await?;
    Ok(!query_gateways(app, record).await?.record.payment.status.is_undecided())
}

/// A cart without a payment that has a problem is refused for the problem: the shopper must not pay for what cannot be
/// bought, in particular after a payment was released because the goods were sold to others.
async fn explain(app: &App, id: CartId, reason: CompleteError) -> Result<CompleteError, CompleteError> {
    if !matches!(reason, CompleteError::Rule(CompleteRule::Place(PlaceError::PaymentRequired))) {
        return Ok(reason);
    }
    let cart = carts::find(&mut *app.db.read().await?, id).await?.ok_or(CompleteRule::CartNotFound)?;
    let priced = pricing::price(app, &cart, Freshness::Cached).await?;
    Ok(rules::require_no_problem(&priced).err().unwrap_or(PlaceError::PaymentRequired).into())
}

/// Counts a final refusal and releases the payment that the cart had.
async fn refuse(app: &App, cart: CartId, payment: Option<PaymentId>) -> Result<(), ServiceError> {
    app.telemetry.count(Counter::OrderRefused);
    match payment {
        Some(payment) => release_refused(app, cart, payment).await,
        None => Ok(()),
    }
}

/// Tries to complete the cart until it did not change while it was priced.
async fn attempt(app: &App, actor: &Actor, input: &CompleteCart) -> Result<Order, Refusal> {
    let _lock = app.cart_locks.lock(input.cart_id).await;
    for _ in 0..TRIES {
        match try_once(app, actor, input).await {
            Err(refusal) if is_transient(&refusal.reason) => {}
            done => return done,
        }
    }
    Err(CompleteError::from(StoreError::Retry).into())
}

async fn try_once(app: &App, actor: &Actor, input: &CompleteCart) -> Result<Order, Refusal> {
    let now = app.clock.now();
    let key = CompletionKey::of(actor, input)?;
    let cart = match open(app, actor, input, &key).await? {
        Opened::Cart(cart) => cart,
        Opened::Order(order) => return Ok(order),
    };
    // Prices never come from a cache here, and nothing outside of Postgres is read within the transaction.
    let settings = app.settings.confirmed(&app.db).await.map_err(CompleteError::from)?;
    let priced = pricing::price_with(app, &cart, &settings, Freshness::Fresh).await.map_err(CompleteError::from)?;
    let channel = settings.channel_by_id(cart.channel).ok_or(CompleteRule::CartNotFound)?;
    let holds = PaymentHolds { transfer: channel.transfer_hold(), other: settings.shop.unpaid_order_hold() };
    let (network, limits) = (input.network, &app.abuse);
    let prepared = Prepared { actor, cart: &cart, priced: &priced, channel, holds, key: &key, network, limits, now };
    let mut conn = app.db.write().await.map_err(CompleteError::from)?;
    let mut placed = conn.transaction::<_, Refusal, _>(async |conn| place_order(conn, &prepared).await).await;
    if matches!(&placed, Err(refusal) if is_out_of_stock(&refusal.reason)) && priced.has_gifts() {
        // The gifts may have been sold to others; the shopper did not ask for them.
        let bare = priced.clone().without_gifts().or_internal("remove gifts").map_err(CompleteError::from)?;
        let prepared = Prepared { priced: &bare, ..prepared };
        placed = conn.transaction::<_, Refusal, _>(async |conn| place_order(conn, &prepared).await).await;
    }
    Ok(match placed? {
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

const fn is_out_of_stock(reason: &CompleteError) -> bool {
    matches!(reason, CompleteError::Rule(CompleteRule::OutOfStock(_)))
}

/// The cart to complete, or the order that it became before.
enum Opened {
    Cart(Cart),
    Order(Order),
}

/// Reads the cart as it is priced, or the order that it became before.
async fn open(app: &App, actor: &Actor, input: &CompleteCart, key: &CompletionKey) -> Result<Opened, CompleteError> {
    let mut conn = app.db.write().await?;
    let cart = carts::find(&mut conn, input.cart_id).await?;
    let cart = cart.filter(|cart| cart.is_visible_to(actor, app.clock.now())).ok_or(CompleteRule::CartNotFound)?;
    if let Some(id) = cart.order {
        key.keep(&mut conn, id).await?;
        return Ok(orders::find(&mut conn, id).await?.map(Opened::Order).ok_or(CompleteRule::CartNotFound)?);
    }
    if cart.status != CartStatus::Active {
        return Err(CompleteRule::CartNotFound.into());
    }
    key.reject_if_reused(&mut conn, actor).await?;
    cart.require_version(input.expected_version)?;
    Ok(Opened::Cart(cart))
}
