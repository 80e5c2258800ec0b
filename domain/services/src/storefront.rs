//! The entry point for shoppers. It decides which products and collections they see, what a variant costs and whether it
//! is available. Resolvers read the catalog through it, never through the parts of [`App`].

mod loaders;
mod redirects;
mod updates;

use std::sync::Arc;

use model::{
    Money,
    access::Actor,
    catalog::{Collection, Price, Product, Taxonomy, Variant},
    channels::{Channel, RequestContext},
    ids::{CollectionId, ProductId, VariantId},
    inventory::VariantStock,
    pricing::{self, PriceContext},
};

pub use loaders::{ChannelProduct, load_stock, load_viewed_products, load_visible_products};
pub use redirects::{Redirect, RedirectTarget};
pub(crate) use updates::Updates;
pub use updates::{CartUpdate, CartUpdates, OrderUpdates};

use crate::{
    App, ServiceResult, catalog,
    inventory::ProductStock,
    search::{self, ListProducts, ProductList, SearchError, Suggestions},
    telemetry::Counter,
};

/// The shop as one actor sees it in the channel, currency and language of a request.
#[derive(Clone, Copy)]
pub struct Storefront<'a> {
    app: &'a App,
    actor: &'a Actor,
    context: &'a RequestContext,
}

impl<'a> Storefront<'a> {
    /// The storefront of one request.
    #[must_use]
    pub const fn new(app: &'a App, actor: &'a Actor, context: &'a RequestContext) -> Self {
        Self { app, actor, context }
    }

    /// The channels that shoppers can switch to, by slug.
    ///
    /// # Errors
    /// [`crate::ServiceError`] if the database is unavailable and no snapshot is cached.
    pub async fn channels(&self) -> ServiceResult<Vec<Arc<Channel>>> {
        Ok(self.app.settings().await?.open_channels().cloned().collect())
    }

    /// The visible product of a slug, also of a former slug; counted as a view. `None` if the channel shows no such
    /// product.
    ///
    /// # Errors
    /// [`crate::ServiceError`] if the document store is unavailable and the product is not cached.
    pub async fn product(&self, slug: &str) -> ServiceResult<Option<Arc<Product>>> {
        let found = catalog::visible_product(self.app, self.context.channel.id, slug).await?;
        if found.is_some() {
            self.app.telemetry.count(Counter::ProductViewed);
        }
        Ok(found)
    }

    /// The key of a product of this channel, for [`load_visible_products`] and [`load_viewed_products`].
    #[must_use]
    pub fn key(&self, product: ProductId) -> ChannelProduct {
        ChannelProduct { channel: self.context.channel.id, product }
    }

    /// A page of the visible products that match. A product that was unpublished within the last second may still be
    /// listed; load the products of the page with [`load_visible_products`] and leave out those that it does not return.
    ///
    /// # Errors
    /// [`SearchError`] for a filter that is too large, a cursor of another list, or an unavailable index.
    pub async fn products(&self, input: ListProducts) -> Result<ProductList, SearchError> {
        search::list_products(self.app, self.context, input).await
    }

    /// Suggestions for the text typed so far, at most `limit` of each kind; none for an empty text.
    ///
    /// # Errors
    /// [`SearchError`] if the index or the document store is unavailable.
    pub async fn suggest(&self, prefix: &str, limit: usize) -> Result<Suggestions, SearchError> {
        search::suggest(self.app, self.context, prefix, limit).await
    }

    /// Product types, categories and collections.
    ///
    /// # Errors
    /// [`crate::ServiceError`] if the document store is unavailable and no snapshot is cached.
    pub async fn taxonomy(&self) -> ServiceResult<Arc<Taxonomy>> {
        self.app.catalog.taxonomy().await
    }

    /// The collection of an id; `None` if the channel does not show it.
    #[must_use]
    pub fn collection<'t>(&self, taxonomy: &'t Taxonomy, id: CollectionId) -> Option<&'t Collection> {
        taxonomy.collections.get(&id).filter(|collection| collection.channels.contains(&self.context.channel.id))
    }

    /// The price of a variant; `None` if it is not sold in the channel and currency.
    #[must_use]
    pub fn price_of<'v>(&self, variant: &'v Variant) -> Option<&'v Price> {
        pricing::resolve(variant, self.context.into())
    }

    /// The lowest and the highest price of a product's variants; `None` if none is sold in the channel and currency.
    #[must_use]
    pub fn price_range(&self, product: &Product) -> Option<(Money, Money)> {
        pricing::price_range(product, PriceContext::from(self.context))
    }

    /// The stock of a product's variants if it is cached. Otherwise use [`load_stock`], which reads it together with the
    /// stock of other products.
    #[must_use]
    pub fn stock_of(&self, product: ProductId) -> Option<ProductStock> {
        self.app.availability.held(product)
    }

    /// True if the variant has a price and the channel's locations can deliver at least one unit.
    #[must_use]
    pub fn is_available(&self, variant: &Variant, stock: Option<&ProductStock>) -> bool {
        let is_in_stock =
            || stock_of_variant(stock, variant.id).is_some_and(|stock| stock.is_available_in(&self.context.channel));
        self.price_of(variant).is_some() && is_in_stock()
    }

    /// The number of units that the channel's locations can deliver; `None` if stock is not tracked.
    #[must_use]
    pub fn quantity_available(&self, variant: &Variant, stock: Option<&ProductStock>) -> Option<i64> {
        let known = stock_of_variant(stock, variant.id);
        let available = known.map_or(0, |stock| stock.available_in(&self.context.channel));
        (available < VariantStock::UNLIMITED).then_some(available)
    }
}

fn stock_of_variant(stock: Option<&ProductStock>, id: VariantId) -> Option<&VariantStock> {
    stock?.iter().find(|(variant, _)| *variant == id).map(|(_, stock)| stock)
}
