//! What a cart costs, or cost when it became an order.

use model::{cart::Cart, orders::prices_of_cart, pricing::PricedCart};
use persistence::orders;

use crate::{
    App, ServiceResult,
    pricing::{self, Freshness},
};

/// What a cart that the caller has read costs, for showing. One that became an order costs what the order does, whatever
/// codes, stock and prices have come to since; that takes two statements.
///
/// # Errors
/// A store's error.
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
