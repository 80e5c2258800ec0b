//! Root fields that read carts.

use async_graphql::{Context, ID, Object, Result};
use schema_shared::{RequestExt, nullable, parse_id};

use super::Cart;

/// Queries of carts.
#[derive(Default)]
pub struct CartQuery;

#[Object]
impl CartQuery {
    /// The cart of an id; null if it does not exist or the caller cannot access it. A guest's cart is accessible to
    /// anybody who knows its id, a customer's cart only to the customer.
    async fn cart(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the cart.")] id: ID,
    ) -> Option<Result<Cart>> {
        nullable(async {
            let request = ctx.request()?;
            let cart = request.cart(parse_id(&id)?).await?;
            Ok(cart.map(|cart| Cart::new(request, cart)))
        })
        .await
    }
}
