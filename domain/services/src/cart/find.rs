//! Reading carts.

use std::{collections::HashMap, sync::Arc};

use model::{access::Actor, cart::Cart, ids::CartId};
use persistence::carts;

use crate::{App, ServiceResult};

/// The cart, if there is one that the actor may see.
///
/// # Errors
/// [`crate::ServiceError::Store`] if the database fails.
pub async fn find_cart(app: &App, actor: &Actor, id: CartId) -> ServiceResult<Option<Cart>> {
    let mut conn = app.db.read().await?;
    let cart = carts::find(&mut conn, id).await?;
    Ok(cart.filter(|cart| cart.is_visible_to(actor, app.clock.now())))
}

/// The carts that the actor may see, in one statement.
///
/// # Errors
/// [`crate::ServiceError::Store`] if the database fails.
pub async fn carts_by_ids(app: &App, actor: &Actor, ids: &[CartId]) -> ServiceResult<HashMap<CartId, Arc<Cart>>> {
    let mut conn = app.db.read().await?;
    let mut found = carts::by_ids(&mut conn, ids).await?;
    let now = app.clock.now();
    found.retain(|_, cart| cart.is_visible_to(actor, now));
    Ok(found.into_iter().map(|(id, cart)| (id, Arc::new(cart))).collect())
}
