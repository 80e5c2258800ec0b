//! Subscriptions to orders.

use async_graphql::{Context, ID, Result, Subscription};
use futures_util::{Stream, stream};
use schema_shared::{BadUserInput, CurrentLoaders, RequestExt, parse_id};
use services::storefront::OrderUpdates;

use super::Order;

/// Subscriptions to orders.
#[derive(Default)]
pub struct OrderSubscription;

#[Subscription]
impl OrderSubscription {
    /// The order after each change of its status, payment or fulfillment, regardless of its origin. Changes in quick
    /// succession can be delivered as one.
    async fn order_updated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the order.")] id: ID,
        #[graphql(desc = "Token of the cart; not needed for a customer's own order.")] token: Option<String>,
    ) -> Result<impl Stream<Item = Result<Order>> + use<>> {
        let request = ctx.request()?;
        let updates = request.storefront()?.order_updates(&request.client, parse_id(&id)?, token).await?;
        let updates = updates.ok_or_else(|| BadUserInput("there is no such order".to_owned()))?;
        let watch = Watch { loaders: request.current_loaders.clone(), updates };
        Ok(stream::unfold(watch, |mut watch| async move { watch.next().await.map(|order| (order, watch)) }))
    }
}

struct Watch {
    loaders: CurrentLoaders,
    updates: OrderUpdates,
}

impl Watch {
    async fn next(&mut self) -> Option<Result<Order>> {
        let order = match self.updates.next().await.transpose()? {
            Ok(order) => order,
            Err(error) => return Some(Err(error.into())),
        };
        // The loaders may have read relations before this change.
        self.loaders.renew();
        Some(Ok(order.into()))
    }
}
