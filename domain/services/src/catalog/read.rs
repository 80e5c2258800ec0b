//! Reading for shoppers, who see what is published, and reading past the caches.

use std::{collections::HashMap, sync::Arc};

use model::{
    Timestamp,
    catalog::Product,
    channels::Channel,
    ids::{ProductId, VariantId},
};

use super::stored::Stored;
use crate::{App, ServiceResult, telemetry::Counter};

/// The product that a slug leads to, if shoppers of the channel may see it; a former slug leads to it as well.
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

/// Those of the products that shoppers of the channel may see.
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

/// Products as they are in the store at this moment: for prices at completion, which never come from a cache.
///
/// # Errors
/// A store's error.
pub async fn fresh_products(app: &App, ids: &[ProductId]) -> ServiceResult<HashMap<ProductId, Arc<Product>>> {
    let ids: Vec<String> = ids.iter().map(|id| id.uuid().to_string()).collect();
    let documents = app.documents.get_many(Product::COLLECTION, &ids).await?;
    let products = documents.into_iter().map(Product::from_document);
    products.map(|product| Ok(product.map(|product| (product.id, Arc::new(product)))?)).collect()
}

/// The products that variants belong to; unknown variants are left out.
///
/// # Errors
/// A store's error.
pub async fn products_of_variants(app: &App, variants: &[VariantId]) -> ServiceResult<HashMap<VariantId, ProductId>> {
    app.catalog.products_of_variants(variants).await
}
