//! Reads for shoppers, who see published products, and reads that bypass the caches.

use std::{collections::HashMap, sync::Arc};

use model::{
    Timestamp,
    catalog::Product,
    channels::Channel,
    ids::{ProductId, VariantId},
};

use super::cache;
use crate::{App, ServiceResult, telemetry::Counter};

/// The product with a current or former slug, if it is published in the channel.
///
/// # Errors
/// A store's error.
pub async fn published_product(app: &App, channel: &Channel, slug: &str) -> ServiceResult<Option<Arc<Product>>> {
    let found = app.catalog.product_by_slug(channel.id, slug).await?;
    let now = app.clock.now();
    let shown = found.filter(|product| product.is_published(channel.id, now));
    if shown.is_some() {
        app.telemetry.count(Counter::ProductViewed);
    }
    Ok(shown)
}

/// The products that are published in the channel; others are omitted.
///
/// # Errors
/// A store's error.
pub async fn published_products(
    app: &App,
    channel: &Channel,
    ids: &[ProductId],
) -> ServiceResult<HashMap<ProductId, Arc<Product>>> {
    let now: Timestamp = app.clock.now();
    let mut found = app.catalog.products(ids).await?;
    found.retain(|_, product| product.is_published(channel.id, now));
    Ok(found)
}

/// Products as stored now, published or not: for prices at completion, which never come from a cache.
///
/// # Errors
/// A store's error.
pub async fn fresh_products(app: &App, ids: &[ProductId]) -> ServiceResult<HashMap<ProductId, Arc<Product>>> {
    cache::load_products(&*app.documents, ids.to_vec()).await
}

/// The products that variants belong to; unknown variants are omitted.
///
/// # Errors
/// A store's error.
pub async fn products_of_variants(app: &App, variants: &[VariantId]) -> ServiceResult<HashMap<VariantId, ProductId>> {
    app.catalog.products_of_variants(variants).await
}
