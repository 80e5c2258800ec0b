//! Watching orders.

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

/// Watches orders.
#[derive(Default)]
pub struct OrderSubscription;

#[Subscription]
impl OrderSubscription {
    /// The order after each change of its status, payment or fulfilment, in whichever process. Changes that follow
    /// each other closely may arrive as one.
    async fn order_updated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order's id.")] id: ID,
        #[graphql(desc = "The token of the cart it was; not needed for a customer's own order.")] token: Option<String>,
    ) -> Result<impl Stream<Item = Result<Order>> + use<>> {
        let request = ctx.request()?;
        let id: OrderId = parse_id(&id)?;
        // Listens before it looks, so that no change falls between the two.
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
    /// Those that the selected relations are read with.
    loaders: CurrentLoaders,
    id: OrderId,
    token: Option<String>,
    wakes: bus::Subscription,
    /// The version the client has.
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
