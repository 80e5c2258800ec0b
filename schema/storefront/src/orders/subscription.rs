//! Subscriptions to orders.

use async_graphql::{Context, ID, Result, Subscription};
use futures_util::{Stream, stream};
use model::{access::Actor, ids::OrderId};
use schema_shared::{BadUserInput, CurrentLoaders, RequestExt, parse_id};
use services::{
    App,
    bus::{self, Topic},
    orders::find_by_token,
};

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
        let id: OrderId = parse_id(&id)?;
        // Subscribe before the first read, so that no change between the two is missed.
        let wakes = request.app.bus.subscribe(Topic::Order(id));
        let order = find_by_token(&request.app, &request.actor, id, token.as_deref()).await?;
        let order = order.ok_or_else(|| BadUserInput("there is no such order".to_owned()))?;
        let (app, actor, loaders) = (request.app.clone(), request.actor.clone(), request.current_loaders.clone());
        let watch = Watch { app, actor, loaders, id, token, wakes, seen: order.version };
        Ok(stream::unfold(watch, |mut watch| async move { watch.next().await.map(|order| (order, watch)) }))
    }
}

struct Watch {
    app: App,
    actor: Actor,
    /// The loaders of the selected relations, renewed at each event.
    loaders: CurrentLoaders,
    id: OrderId,
    token: Option<String>,
    wakes: bus::Subscription,
    /// The version that the client has received.
    seen: i32,
}

impl Watch {
    async fn next(&mut self) -> Option<Result<Order>> {
        loop {
            self.wakes.changed().await;
            match find_by_token(&self.app, &self.actor, self.id, self.token.as_deref()).await {
                Err(error) => return Some(Err(error.into())),
                Ok(None) => return None,
                Ok(Some(order)) if order.version == self.seen => {}
                Ok(Some(order)) => {
                    self.seen = order.version;
                    self.loaders.renew();
                    return Some(Ok(order.into()));
                }
            }
        }
    }
}
