//! Changing the details of a cart: buyer, addresses, delivery and note.

use model::{
    Patch,
    access::Actor,
    cart::{AddressesChange, BuyerChange, Cart},
    ids::{DeliveryGroupId, ProductId},
    pricing::delivery_handles,
};

use super::{
    CartChangeError,
    change::{CartTarget, change, change_read},
    find::find_cart,
    vat_id::confirm_vat_id,
};
use crate::{App, ServiceResult, inventory::pickup_stock};

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
    let cart = find_cart(app, actor, target.id).await?;
    let offered = match &cart {
        Some(cart) => offered(app, cart).await?,
        None => Vec::new(),
    };
    let offers = |_: &Cart, handle: &str| offered.iter().any(|known| known == handle);
    let select = |cart: &mut Cart| cart.select_delivery(group, handle.to_owned(), offers);
    change_read(app, actor, target, cart, select).await
}

/// The handles of the delivery options of a cart. If the cart changes afterwards so that an option is no longer offered,
/// the price of the cart leaves it out and reports the choice as missing.
async fn offered(app: &App, cart: &Cart) -> ServiceResult<Vec<String>> {
    let settings = app.settings.current(&app.db).await?;
    let mut ids: Vec<ProductId> = cart.lines.iter().map(|line| line.product_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let products = app.catalog.products(&ids).await?;
    let stock = pickup_stock(&settings, cart, &app.availability.of(&ids).await?);
    Ok(delivery_handles(cart, &settings, &products, &stock, app.clock.now()))
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
