//! A new cart.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{
    IdempotencyKey, Patch,
    access::Actor,
    cart::{BuyerChange, Cart, CartError, NewCart},
    channels::RequestContext,
    ids::CartId,
};
use persistence::{Conn, carts, db::Transactions as _};
use serde::Serialize;

use super::{
    CartChangeError,
    change::Step,
    lines::{LineInput, Wanted},
};
use crate::{
    App, ServiceError,
    idempotency::{self, Keyed},
    telemetry::Counter,
};

/// What a new cart starts with.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CreateCart {
    /// What is in it.
    pub lines: Vec<LineInput>,
    /// Who buys.
    pub buyer: BuyerChange,
    /// Discount codes.
    pub discount_codes: Vec<String>,
    /// A word to the merchant.
    pub note: Option<String>,
    /// The same key with the same input gives the same cart. Whoever knows a guest's key gets the guest's cart, so it
    /// has to be hard to guess.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Opens a cart in the channel, currency, language and country of the request: one statement, however much is in it.
///
/// # Errors
/// [`CartChangeError`].
pub async fn create_cart(
    app: &App,
    actor: &Actor,
    context: &RequestContext,
    input: CreateCart,
) -> Result<Cart, CartChangeError> {
    let now = app.clock.now();
    let keyed = keyed(actor, context, &input)?;
    // Before anything is looked at that may have changed since.
    if let Some(cart) = opened_before(app, actor, keyed.as_ref()).await? {
        return Ok(cart);
    }
    let CreateCart { lines, buyer, discount_codes, note, .. } = input;
    let wanted = Wanted::load(app, lines).await?;
    let mut cart = Cart::open(new_cart(actor, context)?, now);
    wanted.put_into(&mut cart, now)?;
    cart.update_buyer(placed(buyer, context), &["buyer"])?;
    cart.set_discount_codes(&discount_codes, "discountCodes")?;
    cart.update_note(note.map_or(Patch::Keep, Patch::Set))?;
    let opened = cart.id;
    let mut conn = app.db.write().await?;
    let cart = match keyed {
        None => {
            carts::insert(&mut conn, &cart).await?;
            cart
        }
        Some(keyed) => insert_once(&mut conn, actor, &keyed, cart).await?,
    };
    // A key that came before gives the cart of then, which was counted.
    if cart.id == opened {
        count_steps(app, &cart);
    }
    Ok(cart)
}

/// The buyer, in the country that the request names unless the buyer says another. The channel's own needs no saying.
fn placed(buyer: BuyerChange, context: &RequestContext) -> BuyerChange {
    let named = Some(context.country).filter(|country| Some(*country) != context.channel.default_country());
    match (&buyer.country, named) {
        (Patch::Keep, Some(country)) => BuyerChange { country: Patch::Set(country), ..buyer },
        _ => buyer,
    }
}

fn count_steps(app: &App, cart: &Cart) {
    app.telemetry.count(Counter::SessionStarted);
    for step in [Step::FIRST_LINE, Step::BUYER].into_iter().filter(|step| (step.is_taken)(cart)) {
        app.telemetry.count(step.counter);
    }
}

fn new_cart(actor: &Actor, context: &RequestContext) -> Result<NewCart, ServiceError> {
    let locale = context.locales.first().or_else(|| context.channel.locales.first()).cloned();
    Ok(NewCart {
        channel: context.channel.id,
        currency: context.currency,
        locale: locale.ok_or_else(|| ServiceError::internal("the channel has no locale"))?,
        customer: actor.customer(),
        token: BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()),
    })
}

/// All guests share one scope, so that a guest's key is a secret like the cart's id.
fn keyed(actor: &Actor, context: &RequestContext, input: &CreateCart) -> Result<Option<Keyed>, CartChangeError> {
    let key = input.idempotency_key.as_ref();
    if *actor == Actor::Anonymous && key.is_some_and(|key| !key.may_be_secret()) {
        return Err(CartChangeError::refused(CartError::GuessableIdempotencyKey, &["idempotencyKey"]));
    }
    Ok(Keyed::of("cartCreate", actor, key, &(context.channel.id, context.currency, input))?)
}

/// The cart that the key opened before.
async fn opened_before(app: &App, actor: &Actor, keyed: Option<&Keyed>) -> Result<Option<Cart>, CartChangeError> {
    if keyed.is_none() {
        return Ok(None);
    }
    let mut conn = app.db.write().await?;
    match idempotency::look(&mut conn, keyed).await? {
        Some(id) => theirs(&mut conn, actor, id).await.map(Some),
        None => Ok(None),
    }
}

/// Inserts the cart under a key, or finds the one that was.
async fn insert_once(conn: &mut Conn, actor: &Actor, keyed: &Keyed, cart: Cart) -> Result<Cart, CartChangeError> {
    conn.transaction::<_, CartChangeError, _>(async |conn| {
        if let Some(earlier) = idempotency::begin_with(conn, Some(keyed), &cart.id).await? {
            return theirs(conn, actor, earlier).await;
        }
        carts::insert(conn, &cart).await?;
        Ok(cart.clone())
    })
    .await
}

/// The cart, which may have been claimed by a customer since, or swept away.
async fn theirs(conn: &mut Conn, actor: &Actor, id: CartId) -> Result<Cart, CartChangeError> {
    let found = carts::find(conn, id).await?.filter(|found| found.customer == actor.customer());
    found.ok_or_else(|| CartChangeError::refused(CartError::IdempotencyKeyReused, &["idempotencyKey"]))
}
