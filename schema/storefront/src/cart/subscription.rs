//! Subscriptions to carts.

use async_graphql::{Context, ID, Result, Subscription};
use futures_util::{Stream, stream};
use model::{access::Actor, ids::CartId};
use schema_shared::{BadUserInput, CurrentLoaders, RequestExt, parse_id};
use services::{
    App,
    bus::{self, Topic},
    cart::find_cart,
};

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
        let id: CartId = parse_id(&id)?;
        // Subscribe before the first read, so that no change between the two is missed.
        let wakes = request.app.bus.subscribe(Topic::Cart(id));
        let cart = find_cart(&request.app, &request.actor, id).await?;
        let cart = cart.ok_or_else(|| BadUserInput("there is no such cart".to_owned()))?;
        let (app, actor, loaders) = (request.app.clone(), request.actor.clone(), request.current_loaders.clone());
        let watch = Watch { app, actor, loaders, id, wakes, seen: cart.version };
        Ok(stream::unfold(watch, |mut watch| async move { watch.next().await.map(|cart| (cart, watch)) }))
    }
}

struct Watch {
    app: App,
    actor: Actor,
    /// The loaders of the selected relations, renewed at each event.
    loaders: CurrentLoaders,
    id: CartId,
    wakes: bus::Subscription,
    /// The version that the client has received.
    seen: i32,
}

impl Watch {
    async fn next(&mut self) -> Option<Result<Cart>> {
        loop {
            self.wakes.changed().await;
            match find_cart(&self.app, &self.actor, self.id).await {
                Err(error) => return Some(Err(error.into())),
                Ok(None) => return None,
                Ok(Some(cart)) if cart.version == self.seen => {}
                Ok(Some(cart)) => {
                    self.seen = cart.version;
                    self.loaders.renew();
                    return Some(Ok(Cart::new(&self.app, cart)));
                }
            }
        }
    }
}
