//! Root fields that read orders.

use async_graphql::{Context, ID, Object, Result};
use schema_shared::{RequestExt, nullable, parse_id};

use super::Order;

/// Queries of orders.
#[derive(Default)]
pub struct OrderQuery;

#[Object]
impl OrderQuery {
    /// The order of an id; null if it does not exist or the caller cannot access it. Customers can access their own
    /// orders; anybody else needs the token of the cart. Too many wrong tokens from one network are refused with
    /// `RATE_LIMITED`.
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the order.")] id: ID,
        #[graphql(desc = "Token of the cart; not needed for a customer's own order.")] token: Option<String>,
    ) -> Option<Result<Order>> {
        nullable(async {
            let request = ctx.request()?;
            let id = parse_id(&id)?;
            let (app, actor, client) = (&request.app, &request.actor, &request.client);
            let order = services::orders::find_by_token(app, actor, client, id, token.as_deref()).await?;
            Ok(order.map(Order::from))
        })
        .await
    }
}
