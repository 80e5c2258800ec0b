//! The prices of one cart, worked out once, when the first field that needs them is read.

use std::{collections::HashMap, sync::Arc};

use async_graphql::Result;
use futures_util::{
    FutureExt as _,
    future::{BoxFuture, Shared},
};
use model::{
    cart::Cart,
    ids::CartLineId,
    pricing::{PricedCart, PricedLine},
};
use services::{App, ServiceError, checkout::prices_to_show};

/// What a cart costs, with the place of each line.
pub struct Prices {
    /// The priced cart.
    pub cart: PricedCart,
    places: HashMap<CartLineId, usize>,
}

impl Prices {
    /// A line with its prices; none when its variant is no longer sold.
    pub fn line(&self, id: CartLineId) -> Option<&PricedLine> {
        self.places.get(&id).and_then(|at| self.cart.lines.get(*at))
    }
}

/// The prices of one cart, to come.
#[derive(Clone)]
pub struct Pricing(Shared<BoxFuture<'static, Result<Arc<Prices>, Arc<ServiceError>>>>);

impl Pricing {
    /// Prices of a cart; nothing is done until they are asked for.
    pub fn of(app: &App, cart: &Arc<Cart>) -> Self {
        let (app, cart) = (app.clone(), cart.clone());
        let pricing = async move {
            let cart = prices_to_show(&app, &cart).await.map_err(Arc::new)?;
            let places = cart.lines.iter().enumerate().map(|(at, line)| (line.id, at)).collect();
            Ok(Arc::new(Prices { cart, places }))
        };
        Self(pricing.boxed().shared())
    }

    /// The prices.
    ///
    /// # Errors
    /// A store's error.
    pub async fn get(&self) -> Result<Arc<Prices>> {
        Ok(self.0.clone().await.map_err(ServiceError::Shared)?)
    }
}
