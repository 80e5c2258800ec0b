//! The prices of a cart, computed once, when the first field needs them.

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

/// The prices of a cart with the index of each line.
pub struct Prices {
    /// The cart with all amounts.
    pub cart: PricedCart,
    places: HashMap<CartLineId, usize>,
}

impl Prices {
    /// The prices of a line; none if its variant is no longer sold.
    pub fn line(&self, id: CartLineId) -> Option<&PricedLine> {
        self.places.get(&id).and_then(|at| self.cart.lines.get(*at))
    }
}

/// The prices of a cart, computed at the first request and shared by all fields.
#[derive(Clone)]
pub struct Pricing(Shared<BoxFuture<'static, Result<Arc<Prices>, Arc<ServiceError>>>>);

impl Pricing {
    /// The prices of a cart, not computed yet.
    pub fn of(app: &App, cart: &Arc<Cart>) -> Self {
        let (app, cart) = (app.clone(), cart.clone());
        let pricing = async move {
            let cart = prices_to_show(&app, &cart).await.map_err(Arc::new)?;
            let places = cart.lines.iter().enumerate().map(|(at, line)| (line.id, at)).collect();
            Ok(Arc::new(Prices { cart, places }))
        };
        Self(pricing.boxed().shared())
    }

    /// The prices, computed if needed.
    ///
    /// # Errors
    /// The error of the computation, shared by all callers.
    pub async fn get(&self) -> Result<Arc<Prices>> {
        Ok(self.0.clone().await.map_err(ServiceError::Shared)?)
    }
}
