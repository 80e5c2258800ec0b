//! Reads for shoppers, who see published products, and reads that bypass the caches.

use std::{collections::HashMap, sync::Arc};

use model::{
    access::Actor,
    catalog::Product,
    ids::{ChannelId, ProductId, VariantId},
};

use super::cache;
use crate::{App, ServiceResult};

/// The product that shoppers of the channel see under a slug, also under a former one.
pub(crate) async fn visible_product(app: &App, channel: ChannelId, slug: &str) -> ServiceResult<Option<Arc<Product>>> {
    let found = app.catalog.product_by_slug(channel, slug).await?;
    let now = app.now();
    Ok(found.filter(|product| product.is_published(channel, now)))
}

/// Those of the products that shoppers of the channel see.
pub(crate) async fn visible_products(
    app: &App,
    channel: ChannelId,
    ids: &[ProductId],
) -> ServiceResult<HashMap<ProductId, Arc<Product>>> {
    let now = app.now();
    let mut found = app.catalog.products(ids).await?;
    found.retain(|_, product| product.is_published(channel, now));
    Ok(found)
}

/// Products from the cache, published or not; absent ones are left out.
///
/// # Errors
/// [`crate::ServiceError`] if the actor is neither staff nor an API token, or if the document store is unavailable and a
/// product is not cached.
pub async fn cached_products(
    app: &App,
    actor: &Actor,
    ids: &[ProductId],
) -> ServiceResult<HashMap<ProductId, Arc<Product>>> {
    actor.require_back_office()?;
    app.catalog.products(ids).await
}

/// Products as stored now, published or not: for prices at completion, which never come from a cache.
pub(crate) async fn fresh_products(app: &App, ids: &[ProductId]) -> ServiceResult<HashMap<ProductId, Arc<Product>>> {
    cache::load_products(&*app.documents, ids.to_vec()).await
}

/// The products that variants belong to; unknown variants are left out. It takes no actor because ids are no secret: the
/// caller loads the products through [`crate::Storefront`] or as staff.
///
/// # Errors
/// [`crate::ServiceError`] if the database is unavailable and a variant is not cached.
pub async fn products_of_variants(app: &App, variants: &[VariantId]) -> ServiceResult<HashMap<VariantId, ProductId>> {
    app.catalog.products_of_variants(variants).await
}
