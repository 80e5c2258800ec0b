//! A new cart.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{
    Patch,
    access::Actor,
    cart::{BuyerChange, Cart, CartError, NewCart},
    channels::RequestContext,
    ids::CartId,
};
use persistence::{
    Conn, carts,
    db::Transactions as _,
    idempotency::{self, Begin},
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{
    CartChangeError,
    change::Step,
    lines::{LineInput, Wanted},
};
use crate::{App, ServiceError, telemetry::Fact};

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
    /// has to be as hard to guess as the cart's id.
    pub idempotency_key: Option<String>,
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
    let hash = hash(context, &input)?;
    let CreateCart { lines, buyer, discount_codes, note, idempotency_key } = input;
    let wanted = Wanted::load(app, lines).await?;
    let mut cart = Cart::open(new_cart(actor, context)?, now);
    wanted.put_into(&mut cart, now)?;
    cart.update_buyer(placed(buyer, context), &["buyer"])?;
    cart.set_discount_codes(&discount_codes, "discountCodes")?;
    cart.update_note(note.map_or(Patch::Keep, Patch::Set))?;
    let opened = cart.id;
    let mut conn = app.db.write().await?;
    let cart = match idempotency_key {
        None => {
            carts::insert(&mut conn, &cart).await?;
            cart
        }
        Some(key) => insert_once(&mut conn, actor, &key, &hash, cart).await?,
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
    app.telemetry.count(Fact::SessionStarted);
    for step in [Step::FIRST_LINE, Step::BUYER].into_iter().filter(|step| (step.is_taken)(cart)) {
        app.telemetry.count(step.fact);
    }
}

fn new_cart(actor: &Actor, context: &RequestContext) -> Result<NewCart, ServiceError> {
    let locale = context.locales.first().or_else(|| context.channel.locales.first()).cloned();
    Ok(NewCart {
        channel: context.channel.id,
        currency: context.currency,
        locale: locale.ok_or_else(|| internal("the channel has no locale"))?,
        customer: actor.customer(),
        token: BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()),
    })
}

/// Inserts the cart under a key, or finds the one that was.
async fn insert_once(
    conn: &mut Conn,
    actor: &Actor,
    key: &str,
    hash: &[u8],
    cart: Cart,
) -> Result<Cart, CartChangeError> {
    let scope = format!("cartCreate {actor}");
    let refuse = |error| CartChangeError::refused(error, &["idempotencyKey"]);
    conn.transaction::<_, CartChangeError, _>(async |conn| match idempotency::begin(conn, &scope, key, hash).await? {
        Begin::New => {
            carts::insert(conn, &cart).await?;
            let answer = serde_json::to_value(cart.id).map_err(internal)?;
            idempotency::finish(conn, &scope, key, &answer).await?;
            Ok(cart.clone())
        }
        Begin::Replay(answer) => {
            let id: CartId = serde_json::from_value(answer).map_err(internal)?;
            // The cart may have been claimed by a customer since, or swept away.
            let theirs = carts::find(conn, id).await?.filter(|found| found.customer == cart.customer);
            theirs.ok_or_else(|| refuse(CartError::IdempotencyKeyReused))
        }
        Begin::Reused => Err(refuse(CartError::IdempotencyKeyReused)),
        Begin::InProgress => Err(refuse(CartError::IdempotencyKeyInUse)),
    })
    .await
}

fn hash(context: &RequestContext, input: &CreateCart) -> Result<Vec<u8>, ServiceError> {
    if input.idempotency_key.is_none() {
        return Ok(Vec::new());
    }
    let bytes = serde_json::to_vec(&(context.channel.id, context.currency, input)).map_err(internal)?;
    Ok(Sha256::digest(bytes).to_vec())
}

fn internal(error: impl std::fmt::Display) -> ServiceError {
    ServiceError::Internal(error.to_string())
}
