//! Who buys, where it goes, how, with which codes, and a word to the merchant.

use model::{
    Patch,
    access::Actor,
    cart::{AddressesChange, BuyerChange, Cart},
    ids::DeliveryGroupId,
    pricing::destination,
    settings::Settings,
    shipping,
};

use super::{
    CartChangeError,
    change::{CartTarget, Step, change, change_step},
};
use crate::App;

/// Changes what is known of the buyer.
///
/// # Errors
/// [`CartChangeError`].
pub async fn update_buyer(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    buyer: BuyerChange,
) -> Result<Cart, CartChangeError> {
    change_step(app, actor, target, Step::BUYER, |cart| cart.update_buyer(buyer.clone(), &[])).await
}

/// Changes the addresses.
///
/// # Errors
/// [`CartChangeError`].
pub async fn update_addresses(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    addresses: AddressesChange,
) -> Result<Cart, CartChangeError> {
    change_step(app, actor, target, Step::ADDRESS, |cart| cart.update_addresses(addresses.clone())).await
}

/// Chooses how a group of lines is delivered.
///
/// # Errors
/// [`CartChangeError`].
pub async fn select_delivery(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    group: DeliveryGroupId,
    handle: &str,
) -> Result<Cart, CartChangeError> {
    let settings = app.settings.current(&app.db).await?;
    let offers = |cart: &Cart, handle: &str| is_offered(&settings, cart, handle);
    let select = |cart: &mut Cart| cart.select_delivery(group, handle.to_owned(), offers);
    change_step(app, actor, target, Step::DELIVERY, select).await
}

/// Whether a method serves the cart's destination.
fn is_offered(settings: &Settings, cart: &Cart, handle: &str) -> bool {
    let destination = settings.channel_by_id(cart.channel).and_then(|channel| destination(cart, channel));
    destination.is_some_and(|destination| {
        shipping::offered(&settings.delivery_methods, cart.channel, cart.currency, destination.country)
            .any(|method| method.handle == handle)
    })
}

/// Puts codes in the place of those entered before. A code that does nothing is kept and shows as not applicable.
///
/// # Errors
/// [`CartChangeError`].
pub async fn update_discount_codes(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    codes: &[String],
) -> Result<Cart, CartChangeError> {
    change(app, actor, target, |cart| cart.set_discount_codes(codes, "codes")).await
}

/// Leaves a word to the merchant, takes it away, or leaves it as it is.
///
/// # Errors
/// [`CartChangeError`].
pub async fn update_note(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    note: &Patch<String>,
) -> Result<Cart, CartChangeError> {
    change(app, actor, target, |cart| cart.update_note(note.clone())).await
}
