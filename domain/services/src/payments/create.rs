//! Making a payment: written down first, then asked for at a gateway.

use std::time::Duration;

use futures_util::try_join;
use model::{
    Country, IdempotencyKey, Money, Timestamp,
    access::Actor,
    cart::CartStatus,
    ids::{CartId, ChannelId, PaymentAttemptId, PaymentId},
    payments::{AttemptOutcome, Candidate, Payment, PaymentAttempt, PaymentMethod, PaymentRecord, PaymentStatus},
    pricing::place_of_sale,
};
use persistence::{Conn, StoreError, carts, db::Transactions as _, jobs, payments as store};
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, sleep};

use super::{
    authorize,
    errors::PaymentError,
    jobs::{resolve_job, void_job},
    operation::read,
};
use crate::{
    App, ServiceError,
    bus::Topic,
    cart::find_cart,
    idempotency::{self, Keyed},
    pricing::{self, Freshness},
    telemetry::Counter,
};

/// How often a request that was sent again looks whether the gateway has answered the first one.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A payment to be made, its amount already known.
#[derive(Debug, Clone)]
pub struct NewPayment {
    /// The cart that it pays for.
    pub cart_id: CartId,
    /// The place of sale.
    pub channel_id: ChannelId,
    /// Where the shopper is.
    pub country: Option<Country>,
    /// What to collect.
    pub amount: Money,
    /// How the shopper pays.
    pub method: PaymentMethod,
    /// The gateway asked for; routing decides where absent.
    pub gateway: Option<String>,
    /// What the gateway gave the shopper's browser for the card.
    pub token: Option<String>,
    /// Where the shopper goes after an action.
    pub return_url: Option<String>,
    /// Whoever pays; their keys count for all their carts, those of guests within the cart.
    pub actor: Actor,
    /// The key under which the caller may send the same request again.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// A payment of a cart, as its shopper asks for it.
#[derive(Debug, Clone)]
pub struct PayCart {
    /// The cart.
    pub cart_id: CartId,
    /// How the shopper pays.
    pub method: PaymentMethod,
    /// The gateway asked for; routing decides where absent.
    pub gateway: Option<String>,
    /// What the gateway gave the shopper's browser for the card.
    pub token: Option<String>,
    /// Where the shopper goes after an action.
    pub return_url: Option<String>,
    /// The key under which the shopper may send the same request again.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Makes a payment of exactly what a cart costs, and asks a gateway to hold it.
///
/// # Errors
/// [`PaymentError`]; a payment that a gateway declines is no error.
pub async fn create_for_cart(app: &App, actor: &Actor, input: PayCart) -> Result<Payment, PaymentError> {
    let cart = find_cart(app, actor, input.cart_id).await?.ok_or(PaymentError::CartNotFound)?;
    let priced = pricing::price(app, &cart, Freshness::Cached).await?;
    let settings = app.settings.current(&app.db).await?;
    let channel = settings.channel_by_id(cart.channel).ok_or(PaymentError::CartNotFound)?;
    let place = place_of_sale(&cart, &priced, channel);
    let new = NewPayment {
        cart_id: cart.id,
        channel_id: cart.channel,
        country: place.map(|place| place.country),
        amount: priced.total.gross,
        method: input.method,
        gateway: input.gateway,
        token: input.token,
        return_url: input.return_url,
        actor: actor.clone(),
        idempotency_key: input.idempotency_key,
    };
    let refusal = match (cart.status, priced.problems.into_iter().next()) {
        (CartStatus::Active, None) if new.amount.minor > 0 => return create(app, new).await,
        (CartStatus::Active, None) => PaymentError::NothingToPay,
        (CartStatus::Active, Some(problem)) => PaymentError::CartNotReady(problem),
        (closed, _) => PaymentError::CartClosed(closed),
    };
    // The same request again has its answer, whatever has become of the cart since.
    match replayed(app, &new).await? {
        None if cart.status != CartStatus::Active => of_cart(app, &new).await?.ok_or(refusal),
        earlier => earlier.ok_or(refusal),
    }
}

/// Makes a payment and asks a gateway to hold its amount. It takes the place of an earlier payment of the cart, which
/// is voided. An outcome that is not known leaves it pending; a job finds out.
///
/// # Errors
/// [`PaymentError`]; a payment that a gateway declines is no error.
pub async fn create(app: &App, new: NewPayment) -> Result<Payment, PaymentError> {
    check(&new)?;
    let gateways = candidates(app, &new).await?;
    let Some(first) = gateways.first() else { return replayed(app, &new).await?.ok_or(PaymentError::NoGateway) };
    let record = new_record(&new, first, app.clock.now());
    match write(app, &record, keyed(&new)?.as_ref()).await {
        Ok(Written::Now) => {}
        Ok(Written::Before(id)) => return taken_up(app, made(app, id).await?, &new).await,
        // The key is forgotten after some days, but the cart's payments know theirs.
        Err(PaymentError::Service(ServiceError::Store(error))) if error.is_constraint("payments_idempotency_key") => {
            return of_cart(app, &new).await?.ok_or(PaymentError::KeyReused);
        }
        Err(error) => return Err(error),
    }
    app.telemetry.count(Counter::PaymentStarted);
    app.bus.publish(Topic::Jobs);
    Ok(authorize::run(app, record, &new, gateways).await?)
}

fn check(new: &NewPayment) -> Result<(), PaymentError> {
    if new.amount.minor <= 0 {
        return Err(PaymentError::NothingToPay);
    }
    if new.method == PaymentMethod::Card && new.token.as_deref().unwrap_or_default().is_empty() {
        return Err(PaymentError::TokenMissing);
    }
    let is_web = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    if new.return_url.as_deref().is_some_and(|url| !is_web(url) || url.len() > 2_000) {
        return Err(PaymentError::ReturnUrl);
    }
    Ok(())
}

fn keyed(new: &NewPayment) -> Result<Option<Keyed>, ServiceError> {
    let asked = (new.cart_id, input_hash(new));
    Keyed::of_cart("cartPaymentCreate", &new.actor, new.cart_id, new.idempotency_key.as_ref(), &asked)
}

/// The payment that the same key made before. One that its process left before it called the gateway is made now.
async fn replayed(app: &App, new: &NewPayment) -> Result<Option<Payment>, PaymentError> {
    let Some(keyed) = keyed(new)? else { return Ok(None) };
    let mut conn = app.db.read().await?;
    let known: Option<PaymentId> = idempotency::look(&mut conn, Some(&keyed)).await?;
    drop(conn);
    match known {
        Some(id) => taken_up(app, made(app, id).await?, new).await.map(Some),
        None => Ok(None),
    }
}

async fn made(app: &App, id: PaymentId) -> Result<Payment, PaymentError> {
    let mut conn = app.db.write().await?;
    Ok(store::find(&mut conn, id).await?.ok_or(StoreError::NotFound)?)
}

/// The payment of the cart itself that the same key made, long ago.
async fn of_cart(app: &App, new: &NewPayment) -> Result<Option<Payment>, PaymentError> {
    let Some(key) = &new.idempotency_key else { return Ok(None) };
    let mut conn = app.db.read().await?;
    let Some(payment) = store::find_by_key(&mut conn, new.cart_id, key.as_str()).await? else { return Ok(None) };
    let is_same = payment.idempotency.as_ref().is_some_and(|(_, earlier)| *earlier == input_hash(new));
    if is_same { taken_up(app, payment, new).await.map(Some) } else { Err(PaymentError::KeyReused) }
}

/// The payment again, with the gateway's answer where the first request still waits for it. Where its process left it
/// before it called the gateway, what comes of calling it now.
async fn taken_up(app: &App, payment: Payment, new: &NewPayment) -> Result<Payment, PaymentError> {
    if payment.status != PaymentStatus::Pending || payment.is_unwanted {
        return Ok(payment);
    }
    let until = Instant::now() + app.gateways.timing.answer + LOOK_EVERY;
    loop {
        let record = read(app, payment.id).await?;
        let Some(since) = called_since(&record) else { return Ok(record.payment) };
        let waited = (app.clock.now() - since).to_std().unwrap_or_default();
        if waited > app.gateways.timing.answer {
            return Ok(authorize::repeat(app, &record, new).await?);
        }
        if Instant::now() >= until {
            return Ok(record.payment);
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Since when a gateway is being called, as far as it is known.
fn called_since(record: &PaymentRecord) -> Option<Timestamp> {
    let is_called =
        |attempt: &&PaymentAttempt| attempt.outcome == AttemptOutcome::Started && attempt.gateway_reference.is_none();
    record.attempts.last().filter(is_called).map(|attempt| attempt.started_at)
}

/// What the caller asked for; the amount is left out, because it follows from the cart.
fn input_hash(new: &NewPayment) -> Vec<u8> {
    let parts = [Some(new.method.into()), new.gateway.as_deref(), new.token.as_deref(), new.return_url.as_deref()];
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.map_or(u64::MAX, |part| part.len() as u64).to_be_bytes());
        hash.update(part.unwrap_or_default());
    }
    hash.finalize().to_vec()
}

/// The gateways to try, best first; the one asked for alone where it fits.
async fn candidates(app: &App, new: &NewPayment) -> Result<Vec<String>, PaymentError> {
    let candidate = Candidate { country: new.country, method: new.method, amount: new.amount };
    let Some(wish) = &new.gateway else { return Ok(app.gateways.route(&app.db, &candidate).await?) };
    let fits = app.gateways.get(wish).is_some_and(|gateway| gateway.supports(new.method, new.amount.currency));
    Ok(if fits { vec![wish.clone()] } else { Vec::new() })
}

fn new_record(new: &NewPayment, gateway: &str, now: Timestamp) -> PaymentRecord {
    let zero = Money::zero(new.amount.currency);
    let payment = Payment {
        id: PaymentId::new(),
        cart_id: new.cart_id,
        order_id: None,
        channel_id: new.channel_id,
        country: new.country,
        method: new.method,
        gateway: gateway.to_owned(),
        amount: new.amount,
        status: PaymentStatus::Pending,
        authorized: zero,
        captured: zero,
        refunded: zero,
        charged_back: zero,
        action: None,
        failure: None,
        is_unwanted: false,
        idempotency: new.idempotency_key.as_ref().map(|key| (key.to_string(), input_hash(new))),
        created_at: now,
        updated_at: now,
    };
    let attempts = vec![new_attempt(&payment, 1, gateway, now)];
    PaymentRecord { payment, attempts, transactions: Vec::new() }
}

/// A try at a gateway, about to be made.
pub(super) fn new_attempt(payment: &Payment, number: i32, gateway: &str, now: Timestamp) -> PaymentAttempt {
    PaymentAttempt {
        id: PaymentAttemptId::new(),
        payment_id: payment.id,
        number,
        gateway: gateway.to_owned(),
        // A payment tries each gateway at most once, so that its id alone names the charge there.
        reference: payment.id.to_string(),
        gateway_reference: None,
        outcome: AttemptOutcome::Started,
        failure: None,
        started_at: now,
        latency_ms: None,
        finished_at: None,
    }
}

/// Whether a payment was written.
enum Written {
    Now,
    /// The same key made another one before.
    Before(PaymentId),
}

/// Writes the payment before anybody outside hears of it, in place of the cart's earlier one.
async fn write(app: &App, record: &PaymentRecord, keyed: Option<&Keyed>) -> Result<Written, PaymentError> {
    let payment = &record.payment;
    app.db
        .write()
        .await?
        .transaction(async |conn| {
            if let Some(earlier) = idempotency::begin_with(conn, keyed, &payment.id).await? {
                return Ok(Written::Before(earlier));
            }
            let cart = carts::lock(conn, payment.cart_id).await?.ok_or(PaymentError::CartNotFound)?;
            if cart.status != CartStatus::Active {
                return Err(PaymentError::CartClosed(cart.status));
            }
            let mut follow_ups = supersede(conn, payment).await?;
            if payment.method == PaymentMethod::Card {
                follow_ups.push(resolve_job(payment.id, payment.created_at + app.gateways.timing.resolve_after));
            }
            let conn: &Conn = conn;
            try_join!(jobs::enqueue(conn, &follow_ups), store::insert(conn, record))?;
            Ok(Written::Now)
        })
        .await
}

/// Makes room: an earlier payment of the cart is no longer wanted, and is voided.
async fn supersede(conn: &mut Conn, payment: &Payment) -> Result<Vec<jobs::NewJob>, StoreError> {
    let now = payment.created_at;
    let Some(earlier) = store::lock_active_for_cart(conn, payment.cart_id).await? else { return Ok(Vec::new()) };
    store::mark_unwanted(conn, earlier.id, now).await?;
    Ok(vec![void_job(earlier.id, now)])
}
