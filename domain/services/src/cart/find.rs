//! Reading carts.

use std::{collections::HashMap, sync::Arc};

use model::{access::Actor, cart::Cart, ids::CartId};
use persistence::carts;

use crate::{App, ServiceResult};

/// The cart of an id; none when there is none that the actor may see.
///
/// # Errors
/// A store's error.
pub async fn find_cart(app: &App, actor: &Actor, id: CartId) -> ServiceResult<Option<Cart>> {
    let mut conn = app.db.read().await?;
    let cart = carts::find(&mut conn, id).await?;
    Ok(cart.filter(|cart| cart.is_visible_to(actor, app.clock.now())))
}

/// Those of some carts that the actor may see, in one statement.
///
/// # Errors
/// A store's error.
pub async fn carts_by_ids(app: &App, actor: &Actor, ids: &[CartId]) -> ServiceResult<HashMap<CartId, Arc<Cart>>> {
    let mut conn = app.db.read().await?;
    let mut found = carts::by_ids(&mut conn, ids).await?;
    let now = app.clock.now();
    found.retain(|_, cart| cart.is_visible_to(actor, now));
    Ok(found.into_iter().map(|(id, cart)| (id, Arc::new(cart))).collect())
}
