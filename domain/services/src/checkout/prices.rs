//! The prices of a cart, for display.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use futures_util::FutureExt as _;
use model::{
    cart::{Cart, CartLine},
    ids::CartLineId,
    orders::prices_of_cart,
    pricing::{PricedCart, PricedLine, gift_promotions},
};
use persistence::orders;
use tokio::sync::OnceCell;

use crate::{
    App, ServiceError, ServiceResult,
    pricing::{self, Freshness},
};

/// The prices of a cart with the index of each line.
pub struct CartPrices {
    /// The cart with all amounts.
    pub cart: PricedCart,
    places: HashMap<CartLineId, usize>,
}

impl CartPrices {
    fn new(cart: PricedCart) -> Self {
        let places = cart.lines.iter().enumerate().map(|(at, line)| (line.id, at)).collect();
        Self { cart, places }
    }

    /// The prices of a line; none if its variant is no longer sold.
    #[must_use]
    pub fn line(&self, id: CartLineId) -> Option<&PricedLine> {
        self.places.get(&id).and_then(|at| self.cart.lines.get(*at))
    }
}

/// The place where callers share the prices of one version of a cart, or the failure to compute them.
pub(crate) type SharedPrices = Arc<OnceCell<Result<Arc<CartPrices>, Arc<ServiceError>>>>;

/// The prices of one version of a cart, computed when the first caller needs them and shared by all clones. It takes no actor:
/// a use case has returned the cart to it.
#[derive(Clone)]
pub struct Pricing {
    app: App,
    cart: Arc<Cart>,
    prices: SharedPrices,
}

impl Pricing {
    /// The prices of a cart, not computed yet.
    #[must_use]
    pub fn of(app: &App, cart: &Arc<Cart>) -> Self {
        Self::shared(app, cart, SharedPrices::default())
    }

    /// The prices of a cart that others share.
    pub(crate) fn shared(app: &App, cart: &Arc<Cart>, prices: SharedPrices) -> Self {
        Self { app: app.clone(), cart: cart.clone(), prices }
    }

    /// The prices, computed if needed.
    ///
    /// # Errors
    /// The error of the computation, shared by all callers.
    pub async fn get(&self) -> ServiceResult<Arc<CartPrices>> {
        let compute = || {
            let prices = prices_to_show(&self.app, &self.cart);
            async { prices.await.map(|cart| Arc::new(CartPrices::new(cart))).map_err(Arc::new) }.boxed()
        };
        self.prices.get_or_init(compute).await.clone().map_err(ServiceError::Shared)
    }
}

impl Pricing {
    /// The free gifts that promotions add to the cart. Prices are computed only if the shop has such promotions.
    ///
    /// # Errors
    /// The error of the computation, shared by all callers.
    pub async fn gifts(&self) -> ServiceResult<Vec<CartLine>> {
        let settings = self.app.settings.current(&self.app.db).await?;
        let promotions = gift_promotions(&settings.promotions, self.cart.channel, self.app.clock.now());
        if self.cart.lines.is_empty() || (self.cart.order.is_none() && promotions.count() == 0) {
            return Ok(Vec::new());
        }
        let prices = self.get().await?;
        let gift = |line: &PricedLine| CartLine {
            id: line.id,
            variant_id: line.variant_id,
            product_id: line.product_id,
            quantity: line.quantity,
            attributes: BTreeMap::new(),
            price: None,
        };
        Ok(prices.cart.lines.iter().filter(|line| line.is_gift).map(gift).collect())
    }
}

/// The prices of a cart. A completed cart has the prices of its order, regardless of later changes to codes, stock and prices;
/// reading them takes two statements.
async fn prices_to_show(app: &App, cart: &Cart) -> ServiceResult<PricedCart> {
    let Some(id) = cart.order else { return pricing::price(app, cart, Freshness::Cached).await };
    let mut conn = app.db.read().await?;
    let Some(order) = orders::find(&mut conn, id).await? else {
        drop(conn);
        return pricing::price(app, cart, Freshness::Cached).await;
    };
    let lines = orders::lines_of(&mut conn, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(prices_of_cart(cart, &order, &lines))
}
