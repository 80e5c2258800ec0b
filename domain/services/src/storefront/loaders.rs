//! Batch reads for the loaders of a request. Their keys name the channel, because a cart may belong to another channel
//! than the request.

use std::{collections::HashMap, sync::Arc};

use model::{
    catalog::Product,
    ids::{ChannelId, ProductId},
};

use crate::{App, ServiceResult, inventory::ProductStock, telemetry::Counter};

/// A product as one channel shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChannelProduct {
    /// The channel.
    pub channel: ChannelId,
    /// The product.
    pub product: ProductId,
}

/// The products that shoppers of their channels see; the others are left out. It takes no actor: these products are
/// public.
///
/// # Errors
/// [`crate::ServiceError`] if the document store is unavailable and a product is not cached.
pub async fn load_visible_products(
    app: &App,
    keys: &[ChannelProduct],
) -> ServiceResult<HashMap<ChannelProduct, Arc<Product>>> {
    let mut ids: Vec<ProductId> = keys.iter().map(|key| key.product).collect();
    ids.sort_unstable();
    ids.dedup();
    let found = app.catalog.products(&ids).await?;
    let now = app.clock.now();
    let visible = |key: &ChannelProduct| {
        let product = found.get(&key.product).filter(|product| product.is_published(key.channel, now))?;
        Some((*key, product.clone()))
    };
    Ok(keys.iter().filter_map(visible).collect())
}

/// The same for products that a shopper requested by id: each one counts as a view.
///
/// # Errors
/// [`crate::ServiceError`] if the document store is unavailable and a product is not cached.
pub async fn load_viewed_products(
    app: &App,
    keys: &[ChannelProduct],
) -> ServiceResult<HashMap<ChannelProduct, Arc<Product>>> {
    let found = load_visible_products(app, keys).await?;
    app.telemetry.add(Counter::ProductViewed, found.len());
    Ok(found)
}

/// The stock of products that the caller has already read; it takes no actor because everybody who sees a product may
/// see its availability.
///
/// # Errors
/// [`crate::ServiceError`] if the database is unavailable and the stock is not cached.
pub async fn load_stock(app: &App, products: &[ProductId]) -> ServiceResult<HashMap<ProductId, ProductStock>> {
    app.availability.by_product(products).await
}
