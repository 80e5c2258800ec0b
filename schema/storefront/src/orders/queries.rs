//! Root fields that read orders.

use async_graphql::{Context, ID, Object, Result};
use schema_shared::{RequestExt, nullable, parse_id};

use super::Order;

/// Reads orders.
#[derive(Default)]
pub struct OrderQuery;

#[Object]
impl OrderQuery {
    /// The order of an id; null when there is none that the caller may see. A customer sees their own; anybody else
    /// shows the token of the cart it was.
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order's id.")] id: ID,
        #[graphql(desc = "The token of the cart it was; not needed for a customer's own order.")] token: Option<String>,
    ) -> Option<Result<Order>> {
        nullable(async {
            let request = ctx.request()?;
            let id = parse_id(&id)?;
            let order = services::orders::find_by_token(&request.app, &request.actor, id, token.as_deref()).await?;
            Ok(order.map(Order::from))
        })
        .await
    }
}
