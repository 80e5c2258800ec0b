//! Subscriptions to carts.

use async_graphql::{Context, ID, Result, Subscription};
use futures_util::{Stream, stream};
use schema_shared::{BadUserInput, CurrentLoaders, RequestExt, parse_id};
use services::storefront::CartUpdates;

use super::Cart;

/// Subscriptions to carts.
#[derive(Default)]
pub struct CartSubscription;

#[Subscription]
impl CartSubscription {
    /// The cart after each change, regardless of its origin. Changes in quick succession can be delivered as one. The
    /// subscription ends when the cart is deleted or assigned to another customer.
    async fn cart_updated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the cart.")] id: ID,
    ) -> Result<impl Stream<Item = Result<Cart>> + use<>> {
        let request = ctx.request()?;
        let updates = request.storefront()?.cart_updates(parse_id(&id)?).await?;
        let updates = updates.ok_or_else(|| BadUserInput("there is no such cart".to_owned()))?;
        let watch = Watch { loaders: request.current_loaders.clone(), updates };
        Ok(stream::unfold(watch, |mut watch| async move { watch.next().await.map(|cart| (cart, watch)) }))
    }
}

struct Watch {
    loaders: CurrentLoaders,
    updates: CartUpdates,
}

impl Watch {
    async fn next(&mut self) -> Option<Result<Cart>> {
        let update = match self.updates.next().await.transpose()? {
            Ok(update) => update,
            Err(error) => return Some(Err(error.into())),
        };
        // The loaders may have read relations before this change.
        self.loaders.renew();
        Some(Ok(update.into()))
    }
}
