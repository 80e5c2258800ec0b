//! Creating a cart.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{
    IdempotencyKey, Network, Patch,
    access::Actor,
    cart::{BuyerChange, Cart, CartError, NewCart},
    channels::RequestContext,
    ids::CartId,
};
use persistence::{Conn, carts, db::Transactions as _};
use serde::Serialize;

use super::{
    CartChangeError, CartRefused,
    account::fill_in,
    change::count_steps,
    codes::admit,
    lines::{LineInput, SoldLines},
    vat_id::confirm_vat_id,
};
use crate::{
    App, ServiceError,
    idempotency::{self, Keyed},
    telemetry::Counter,
};

/// Input of [`create_cart`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct CreateCart {
    /// The lines.
    pub lines: Vec<LineInput>,
    /// The buyer; for a customer the e-mail address of the account if it is absent.
    pub buyer: BuyerChange,
    /// Discount codes.
    pub discount_codes: Vec<String>,
    /// The note to the merchant.
    pub note: Option<String>,
    /// The same key with the same input returns the same cart. A guest's key grants access to the guest's cart, so it
    /// must be hard to guess.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The network of the client, whose wrong codes are limited; none if it is not known.
    #[serde(skip)]
    pub network: Option<Network>,
}

/// Creates a cart in the channel, currency, language and country of the request, with one statement for any number of
/// lines. The cart of a customer starts with the e-mail address and the default addresses of the account, which takes
/// one more statement; the buyer of the input wins.
///
/// # Errors
/// [`CartChangeError`] if the input breaks a rule of carts, or the key was used with another input.
pub async fn create_cart(
    app: &App,
    actor: &Actor,
    context: &RequestContext,
    input: CreateCart,
) -> Result<Cart, CartChangeError> {
    let now = app.clock.now();
    let keyed = keyed(actor, context, &input)?;
    // A repeated request returns its cart even if the products or the account have changed since.
    if let Some(cart) = created_before(app, actor, keyed.as_ref()).await? {
        return Ok(cart);
    }
    let CreateCart { lines, buyer, discount_codes, note, network, .. } = input;
    let buyer = confirm_vat_id(app, buyer, &["buyer"]).await?;
    let lines = SoldLines::load(app, lines).await?;
    let settings = app.settings.current(&app.db).await?;
    let mut conn = app.db.write().await?;
    let mut cart = Cart::open(new_cart(actor, context)?, now);
    cart.extend(settings.shop.cart_lifetime(), now);
    fill_in(&mut conn, &mut cart).await?;
    lines.add_to(&mut cart, now)?;
    cart.update_buyer(in_country_of_request(buyer, context), &["buyer"])?;
    cart.set_discount_codes(&discount_codes, "discountCodes")?;
    cart.update_note(note.map_or(Patch::Keep, Patch::Set))?;
    if !discount_codes.is_empty() {
        admit(app, &mut conn, &settings, network, &cart, (&cart.discount_codes, "discountCodes")).await?;
    }
    let id = cart.id;
    let cart = match keyed {
        None => {
            carts::insert(&mut conn, &cart).await?;
            cart
        }
        Some(keyed) => insert_once(&mut conn, actor, &keyed, cart).await?,
    };
    // A concurrent request with the same key may have created and counted the cart.
    if cart.id == id {
        app.telemetry.count(Counter::SessionStarted);
        count_steps(app, None, &cart);
    }
    Ok(cart)
}

/// The buyer, with the country of the request if the input has none. The channel's default country is left out,
/// because it applies anyway.
fn in_country_of_request(buyer: BuyerChange, context: &RequestContext) -> BuyerChange {
    let named = Some(context.country).filter(|country| Some(*country) != context.channel.default_country());
    match (&buyer.country, named) {
        (Patch::Keep, Some(country)) => BuyerChange { country: Patch::Set(country), ..buyer },
        _ => buyer,
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

/// All guests share one scope, so a guest's key is a secret like the id of the cart.
fn keyed(actor: &Actor, context: &RequestContext, input: &CreateCart) -> Result<Option<Keyed>, CartChangeError> {
    let key = input.idempotency_key.as_ref();
    if *actor == Actor::Anonymous && key.is_some_and(|key| !key.may_be_secret()) {
        return Err(CartRefused::at(CartError::GuessableIdempotencyKey, &["idempotencyKey"]).into());
    }
    Ok(Keyed::of("cartCreate", actor, key, &(context.channel.id, context.currency, input))?)
}

/// The cart that an earlier request with the key created.
async fn created_before(app: &App, actor: &Actor, keyed: Option<&Keyed>) -> Result<Option<Cart>, CartChangeError> {
    if keyed.is_none() {
        return Ok(None);
    }
    let mut conn = app.db.write().await?;
    match idempotency::look(&mut conn, keyed).await? {
        Some(id) => find_own(&mut conn, actor, id).await.map(Some),
        None => Ok(None),
    }
}

/// Inserts the cart under a key, or finds the cart that the key already created.
async fn insert_once(conn: &mut Conn, actor: &Actor, keyed: &Keyed, cart: Cart) -> Result<Cart, CartChangeError> {
    conn.transaction::<_, CartChangeError, _>(async |conn| {
        if let Some(earlier) = idempotency::begin_with(conn, Some(keyed), &cart.id).await? {
            return find_own(conn, actor, earlier).await;
        }
        carts::insert(conn, &cart).await?;
        Ok(cart.clone())
    })
    .await
}

/// The cart of an earlier request, unless a customer has claimed it or it was deleted since.
async fn find_own(conn: &mut Conn, actor: &Actor, id: CartId) -> Result<Cart, CartChangeError> {
    let found = carts::find(conn, id).await?.filter(|found| found.customer == actor.customer());
    found.ok_or(CartChangeError::KeyReused)
}
