//! Changing the details of a cart: buyer, addresses, delivery and note.

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
    change::{CartTarget, change},
    vat_id::confirm_vat_id,
};
use crate::App;

/// Changes the buyer.
///
/// # Errors
/// [`CartChangeError`] if the input breaks a rule of carts.
pub async fn update_buyer(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    buyer: BuyerChange,
) -> Result<Cart, CartChangeError> {
    let buyer = confirm_vat_id(app, buyer, &[]).await?;
    change(app, actor, target, None, |cart| cart.update_buyer(buyer.clone(), &[])).await
}

/// Changes the addresses.
///
/// # Errors
/// [`CartChangeError`] if the input breaks a rule of carts.
pub async fn update_addresses(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    addresses: AddressesChange,
) -> Result<Cart, CartChangeError> {
    change(app, actor, target, None, |cart| cart.update_addresses(addresses.clone())).await
}

/// Selects the delivery option of a group of lines.
///
/// # Errors
/// [`CartChangeError`] if the input breaks a rule of carts.
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
    change(app, actor, target, None, select).await
}

/// True if a method serves the cart's destination.
fn is_offered(settings: &Settings, cart: &Cart, handle: &str) -> bool {
    let destination = settings.channel_by_id(cart.channel).and_then(|channel| destination(cart, channel));
    destination.is_some_and(|destination| {
        shipping::offered(&settings.delivery_methods, cart.channel, cart.currency, destination.country)
            .any(|method| method.handle == handle)
    })
}

/// Changes the note to the merchant.
///
/// # Errors
/// [`CartChangeError`] if the input breaks a rule of carts.
pub async fn update_note(
    app: &App,
    actor: &Actor,
    target: CartTarget,
    note: &Patch<String>,
) -> Result<Cart, CartChangeError> {
    change(app, actor, target, None, |cart| cart.update_note(note.clone())).await
}
