//! Entering discount codes. Wrong codes are counted per cart and per network, so that codes cannot be tried out.

use model::{
    Network,
    access::Actor,
    cart::{Cart, CartError, MAX_CODES},
    customers::{ThrottlePolicy, Throttled},
    promotions::{enabled_by, normalize_code},
    settings::Settings,
};
use persistence::{Conn, db::Transactions as _, promotions};

use super::{
    CartChangeError, CartRefused,
    change::{CartTarget, change_read},
    find_cart,
};
use crate::{
    App,
    abuse::{self, Limit},
    identity::Client,
};

/// Replaces the discount codes. A code that has no effect is kept and shown as not applicable.
///
/// # Errors
/// [`CartChangeError`] if the input breaks a rule of carts, or too many wrong codes were entered.
pub async fn update_discount_codes(
    app: &App,
    actor: &Actor,
    client: &Client,
    target: CartTarget,
    codes: &[String],
) -> Result<Cart, CartChangeError> {
    let entered: Vec<String> = codes.iter().take(MAX_CODES).filter_map(|text| normalize_code(text)).collect();
    // A cart that the actor cannot see is reported below.
    let cart = if entered.is_empty() { None } else { find_cart(app, actor, target.id).await? };
    if let Some(cart) = &cart {
        let is_new = |code: &String| !cart.discount_codes.contains(code);
        let entered: Vec<String> = entered.into_iter().filter(is_new).collect();
        let settings = app.settings.current(&app.db).await?;
        let mut conn = app.db.write().await?;
        admit(app, &mut conn, &settings, client.network(), cart, (&entered, "codes")).await?;
    }
    change_read(app, actor, target, cart, |cart| cart.set_discount_codes(codes, "codes")).await
}

/// Passes unless too many wrong codes were entered in the cart or from the network, and counts those of the entered
/// codes that are wrong. During a block right codes are refused too, because the answer would show that they are right.
/// The second part of `entered` is the name of the input field.
pub(super) async fn admit(
    app: &App,
    conn: &mut Conn,
    settings: &Settings,
    network: Option<Network>,
    cart: &Cart,
    (entered, field): (&[String], &str),
) -> Result<(), CartChangeError> {
    if entered.is_empty() {
        return Ok(());
    }
    let now = app.clock.now();
    let limits = limits(app, network, cart);
    let refuse = |throttled: Throttled| {
        let retry_after_seconds = throttled.retry_after_seconds(now);
        CartChangeError::from(CartRefused::at(CartError::TooManyWrongCodes { retry_after_seconds }, &[field]))
    };
    if let Some(throttled) = abuse::block_of(conn, &limits, now).await? {
        return Err(refuse(throttled));
    }
    let known = promotions::codes_by_text(conn, entered, cart.customer, cart.buyer.email.as_deref()).await?;
    let is_wrong = |code: &&String| enabled_by(code, &known, &settings.promotions, cart.channel, now).is_err();
    let wrong = entered.iter().filter(is_wrong).count();
    if wrong == 0 {
        return Ok(());
    }
    let block =
        conn.transaction(async |conn| Ok::<_, CartChangeError>(abuse::count(conn, &limits, wrong, now).await?)).await?;
    block.map_or(Ok(()), |throttled| Err(refuse(throttled)))
}

fn limits(app: &App, network: Option<Network>, cart: &Cart) -> Vec<Limit> {
    let of_cart = Limit::new("codes-of-cart", cart.id, ThrottlePolicy::CODES_OF_CART);
    let policy = ThrottlePolicy::network(app.abuse.codes_per_network);
    let of_network = network.map(|network| Limit::new("codes-of-network", network, policy));
    [of_cart].into_iter().chain(of_network).collect()
}
