//! Root fields that read carts.

use async_graphql::{Context, ID, Object, Result};
use schema_shared::{RequestExt, nullable, parse_id};

use super::Cart;

/// Reads carts.
#[derive(Default)]
pub struct CartQuery;

#[Object]
impl CartQuery {
    /// The cart of an id; null when there is none that the caller may see. A guest's cart opens to whoever has its
    /// id, a customer's to that customer alone.
    async fn cart(&self, ctx: &Context<'_>, #[graphql(desc = "The cart's id.")] id: ID) -> Option<Result<Cart>> {
        nullable(async {
            let request = ctx.request()?;
            let cart = services::cart::find_cart(&request.app, &request.actor, parse_id(&id)?).await?;
            Ok(cart.map(|cart| Cart::new(&request.app, cart)))
        })
        .await
    }
}
