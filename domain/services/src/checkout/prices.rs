//! The prices of a cart, for display.

use model::{cart::Cart, orders::prices_of_cart, pricing::PricedCart};
use persistence::orders;

use crate::{
    App, ServiceResult,
    pricing::{self, Freshness},
};

/// The prices of a cart, for display. A completed cart has the prices of its order, regardless of later changes to codes,
/// stock and prices; reading them takes two statements. It takes no actor: a use case has returned the cart to it.
///
/// # Errors
/// [`crate::ServiceError`] if a store is unavailable.
pub async fn prices_to_show(app: &App, cart: &Cart) -> ServiceResult<PricedCart> {
    let Some(id) = cart.order else { return pricing::price(app, cart, Freshness::Cached).await };
    let mut conn = app.db.read().await?;
    let Some(order) = orders::find(&mut conn, id).await? else {
        drop(conn);
        return pricing::price(app, cart, Freshness::Cached).await;
    };
    let lines = orders::lines_of(&mut conn, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(prices_of_cart(cart, &order, &lines))
}
