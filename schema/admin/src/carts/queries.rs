//! Root fields that read carts.

use async_graphql::{Context, ID, Object, Result};
use model::{
    Direction,
    cart::{CartCursor, CartRecord},
};
use schema_shared::{Connection, ConnectionArgs, RequestExt, connection_fields, nullable, parse_id, total_count};
use services::cart;

use super::{
    Cart,
    inputs::{CartFilter, CartSort},
};

/// Queries of carts.
#[derive(Default)]
pub struct CartQuery;

#[connection_fields]
#[Object]
impl CartQuery {
    /// Carts that have neither become an order nor expired, last changed first unless sorted otherwise. Carts of the
    /// channels in which the actor has `ORDERS_READ`, which is needed.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the GraphQL field")]
    async fn carts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions that the carts must meet; all carts if absent.")] filter: Option<CartFilter>,
        #[graphql(desc = "Order of the carts; `UPDATED_AT` `DESC` if absent.")] sort: Option<CartSort>,
        args: ConnectionArgs,
    ) -> Result<Connection<Cart>> {
        let request = ctx.request()?;
        let (app, actor) = (&request.app, &request.actor);
        let filter = filter.unwrap_or_default().read()?;
        let direction = sort.map_or(Direction::Descending, Into::into);
        let page = args.page::<CartCursor>()?;
        let found = cart::list_records(app, actor, &request.client, &filter, direction, &page).await?;
        let total = total_count(ctx, cart::count_records(app, actor, &filter)).await?;
        Ok(Connection::new(&page, found, total, CartRecord::cursor, Cart::new))
    }

    /// The cart of an id; null if it does not exist, has become an order, has expired, or belongs to a channel in which the
    /// actor has no `ORDERS_READ`. Needs `ORDERS_READ`.
    async fn cart(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the cart for staff.")] id: ID,
    ) -> Option<Result<Cart>> {
        nullable(async { Ok(ctx.request()?.loaders().cart_records().load(parse_id(&id)?).await?.map(Cart::new)) }).await
    }
}
