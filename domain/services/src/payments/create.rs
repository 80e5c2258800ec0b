//! Creating a payment: recorded first, then authorized at a gateway.

use chrono::TimeDelta;
use futures_util::try_join;
use model::{
    Timestamp,
    access::Actor,
    cart::CartStatus,
    customers::Throttled,
    ids::PaymentId,
    payments::{Candidate, Payment, PaymentMethod, PaymentRecord},
    pricing::place_of_sale,
};
use persistence::{
    Conn, StoreResult, carts,
    db::{Transactions as _, Workload},
    payments::{self as store, PaymentBlock},
};

use super::{
    authorize,
    errors::{PaymentError, PaymentRule},
    replay,
    request::{NewPayment, PayCart, check, new_record},
    return_url,
};
use crate::{
    App,
    bus::Topic,
    cart::find_cart,
    idempotency::{self, Keyed},
    jobs::{self, Job, ScheduledJob, release_payment},
    pricing::{self, Freshness},
    telemetry::Counter,
};

/// The number of payments of a cart that may be in progress.
const IN_PROGRESS: i64 = 10;

/// The time after which a payment in progress is usually decided.
const IN_PROGRESS_FOR: TimeDelta = TimeDelta::seconds(30);

/// Creates a payment of exactly the cart's total, and authorizes it at a gateway.
///
/// # Errors
/// [`PaymentError`]; a payment that a gateway declines is no error.
pub async fn create_for_cart(app: &App, actor: &Actor, input: PayCart) -> Result<Payment, PaymentError> {
    Workload::Payments.scope(pay_cart(app, actor, input)).await
}

async fn pay_cart(app: &App, actor: &Actor, input: PayCart) -> Result<Payment, PaymentError> {
    let cart = find_cart(app, actor, input.cart_id).await?.ok_or(PaymentRule::CartNotFound)?;
    let priced = pricing::price(app, &cart, Freshness::Cached).await?;
    let settings = app.settings.current(&app.db).await?;
    let channel = settings.channel_by_id(cart.channel).ok_or(PaymentRule::CartNotFound)?;
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
        email: cart.buyer.email.clone(),
        network: input.network,
    };
    let refusal = match (cart.status, priced.problems.into_iter().next()) {
        (CartStatus::Active, None) if new.amount.minor > 0 => return create(app, new).await,
        (CartStatus::Active, None) => PaymentRule::NothingToPay,
        (CartStatus::Active, Some(problem)) => PaymentRule::CartNotReady(problem),
        (closed, _) => PaymentRule::CartClosed(closed),
    };
    // A repeated request gets its answer, however the cart has changed since.
    let earlier = match replay::by_idempotency_key(app, &new).await? {
        None if cart.status != CartStatus::Active => replay::by_key_of_cart(app, &new).await?,
        earlier => earlier,
    };
    Ok(earlier.ok_or(refusal)?)
}

/// Creates a payment and authorizes it at a gateway. It replaces an earlier payment of the cart, which is released. An
/// outcome that is not known leaves it pending; a job resolves it.
///
/// # Errors
/// [`PaymentError`]; a payment that a gateway declines is no error.
pub async fn create(app: &App, new: NewPayment) -> Result<Payment, PaymentError> {
    check(&new)?;
    return_url::check(app, &new).await?;
    let gateways = candidates(app, &new).await?;
    let Some(first) = gateways.first() else {
        return Ok(replay::by_idempotency_key(app, &new).await?.ok_or(PaymentRule::NoGateway)?);
    };
    let record = new_record(&new, first, app.clock.now());
    match insert(app, &record, new.keyed()?.as_ref()).await {
        Ok(Inserted::Now) => {}
        Ok(Inserted::Before(id)) => return replay::by_id(app, id, &new).await,
        // Idempotency keys are deleted after some days, but payments keep theirs.
        Err(error) if error.store_error().is_some_and(|error| error.is_constraint("payments_idempotency_key")) => {
            return replay::by_key_of_cart(app, &new).await?.ok_or(PaymentError::KeyReused);
        }
        Err(error) => return Err(error),
    }
    app.telemetry.count(Counter::PaymentStarted);
    app.bus.publish(Topic::Jobs);
    Ok(authorize::run(app, record, &new, gateways).await?)
}

/// The gateways to try, best first; only the requested one if there is one and it supports the payment.
async fn candidates(app: &App, new: &NewPayment) -> Result<Vec<String>, PaymentError> {
    let candidate = Candidate { country: new.country, method: new.method, amount: new.amount };
    let Some(requested) = &new.gateway else { return Ok(app.gateways.route(&app.db, &candidate).await?) };
    let gateway = app.gateways.get(requested);
    let is_supported = gateway.is_some_and(|gateway| gateway.supports(new.method, new.amount.currency));
    Ok(if is_supported { vec![requested.clone()] } else { Vec::new() })
}

/// The result of [`insert`].
enum Inserted {
    Now,
    /// The same key created another payment before.
    Before(PaymentId),
}

/// Records the payment before any gateway is called, in place of the cart's earlier one.
async fn insert(app: &App, record: &PaymentRecord, keyed: Option<&Keyed>) -> Result<Inserted, PaymentError> {
    let payment = &record.payment;
    app.db
        .write()
        .await?
        .transaction(async |conn| {
            if let Some(earlier) = idempotency::begin_with(conn, keyed, &payment.id).await? {
                return Ok(Inserted::Before(earlier));
            }
            let cart = carts::lock(conn, payment.cart_id).await?.ok_or(PaymentRule::CartNotFound)?;
            if cart.status != CartStatus::Active {
                return Err(PaymentRule::CartClosed(cart.status).into());
            }
            let mut jobs: Vec<ScheduledJob> = supersede(conn, payment).await?.into_iter().collect();
            if payment.method == PaymentMethod::Card {
                let first_query = payment.created_at + app.gateways.timing.resolve_after;
                jobs.push(Job::ResolvePayment(payment.id).at(first_query));
            }
            let conn: &Conn = conn;
            let ((), block) = try_join!(jobs::enqueue(conn, &jobs), store::insert(conn, record))?;
            if payment.method == PaymentMethod::Card {
                admit(block, payment.created_at)?;
            }
            Ok(Inserted::Now)
        })
        .await
}

/// Passes unless too many payments were declined, or too many of the cart are in progress: parallel attempts would pass
/// the limit on declines otherwise.
fn admit(block: PaymentBlock, now: Timestamp) -> Result<(), PaymentRule> {
    let in_progress = (block.undecided >= IN_PROGRESS).then(|| now + IN_PROGRESS_FOR);
    match block.blocked_until.max(in_progress) {
        None => Ok(()),
        Some(retry_at) => {
            let retry_after_seconds = Throttled { retry_at }.retry_after_seconds(now);
            Err(PaymentRule::TooManyDeclined { retry_after_seconds })
        }
    }
}

/// Releases the cart's earlier payment.
async fn supersede(conn: &mut Conn, payment: &Payment) -> StoreResult<Option<ScheduledJob>> {
    let Some(earlier) = store::lock_active_for_cart(conn, payment.cart_id).await? else { return Ok(None) };
    release_payment(conn, &earlier, payment.created_at).await.map(Some)
}
