//! Reads for staff: all objects, published or not.

use std::{collections::HashMap, sync::Arc};

use model::{
    Direction, Page, PageRequest,
    access::{Actor, Permission},
    catalog::{Category, Collection, Product, ProductType, Taxonomy, Variant},
    ids::{CategoryId, CollectionId, ProductId, ProductTypeId, VariantId},
};
use persistence::documents::MAX_BATCH;

use super::{
    Ref,
    stored::{Stored, reference_key, slug_key, variant_reference_key},
};
use crate::{App, ServiceResult};

/// A page of products in the order of creation, with one product more than the page's size if there are more.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn list_products(
    app: &App,
    actor: &Actor,
    page: &PageRequest<ProductId>,
) -> ServiceResult<Page<Arc<Product>>> {
    actor.require(Permission::CatalogRead)?;
    let cursor = page.cursor.map(|id| id.uuid().to_string());
    let limit = page.size + 1;
    let found = match page.direction {
        Direction::Ascending => app.documents.scan(Product::COLLECTION, cursor.as_deref(), limit).await?,
        Direction::Descending => app.documents.scan_back(Product::COLLECTION, cursor.as_deref(), limit).await?,
    };
    let products = found.into_iter().map(|document| Ok(Arc::new(Product::from_document(document)?)));
    Ok(Page::from_rows(page, products.collect::<ServiceResult<_>>()?))
}

/// Products as stored now, published or not; unknown ids are omitted.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn products_by_ids(
    app: &App,
    actor: &Actor,
    ids: &[ProductId],
) -> ServiceResult<HashMap<ProductId, Arc<Product>>> {
    actor.require(Permission::CatalogRead)?;
    super::fresh_products(app, ids).await
}

/// The number of products.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn count_products(app: &App, actor: &Actor) -> ServiceResult<i64> {
    actor.require(Permission::CatalogRead)?;
    Ok(app.documents.count(Product::COLLECTION).await?)
}

/// A product by id, or by its slug in any channel or as a draft.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn find_product(app: &App, actor: &Actor, reference: &Ref) -> ServiceResult<Option<Arc<Product>>> {
    actor.require(Permission::CatalogRead)?;
    if let Some(id) = reference.id::<ProductId>() {
        return Ok(super::fresh_products(app, &[id]).await?.remove(&id));
    }
    let settings = app.settings.current(&app.db).await?;
    let places = std::iter::once(None).chain(settings.channels.iter().map(|channel| Some(channel.id)));
    // One lookup per channel; channels are few.
    let look_ups = places.map(|place| {
        let key = slug_key(place, &reference.0);
        async move { app.documents.find_by_key(&key).await }
    });
    let found = futures_util::future::try_join_all(look_ups).await?.into_iter().flatten().next();
    Ok(found.map(Product::from_document).transpose()?.map(Arc::new))
}

/// The product with a reference in an external system.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn find_product_by_reference(
    app: &App,
    actor: &Actor,
    reference: &str,
) -> ServiceResult<Option<Arc<Product>>> {
    actor.require(Permission::CatalogRead)?;
    let found = app.documents.find_by_key(&reference_key(reference)).await?;
    Ok(found.map(Product::from_document).transpose()?.map(Arc::new))
}

/// The variant with a reference in an external system, and its product.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn find_variant_by_reference(
    app: &App,
    actor: &Actor,
    reference: &str,
) -> ServiceResult<Option<(Arc<Product>, VariantId)>> {
    actor.require(Permission::CatalogRead)?;
    let Some(found) = app.documents.find_by_key(&variant_reference_key(reference)).await? else { return Ok(None) };
    let product = Product::from_document(found)?;
    let has_reference = |variant: &&Variant| variant.external_reference.as_deref() == Some(reference);
    let id = product.variants.iter().find(has_reference).map(|variant| variant.id);
    Ok(id.map(|id| (Arc::new(product), id)))
}

/// All product types, by slug.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn list_product_types(app: &App, actor: &Actor) -> ServiceResult<Vec<ProductType>> {
    let taxonomy = readable(app, actor).await?;
    let mut all: Vec<ProductType> = taxonomy.product_types.values().cloned().collect();
    all.sort_by(|a, b| (&a.slug, a.id).cmp(&(&b.slug, b.id)));
    Ok(all)
}

/// All categories, by path.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn list_categories(app: &App, actor: &Actor) -> ServiceResult<Vec<Category>> {
    let taxonomy = readable(app, actor).await?;
    let mut all: Vec<Category> = taxonomy.categories.values().cloned().collect();
    all.sort_by(|a, b| (&a.slug, a.id).cmp(&(&b.slug, b.id)));
    Ok(all)
}

/// All collections, by slug.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn list_collections(app: &App, actor: &Actor) -> ServiceResult<Vec<Collection>> {
    let taxonomy = readable(app, actor).await?;
    let mut all: Vec<Collection> = taxonomy.collections.values().cloned().collect();
    all.sort_by(|a, b| (&a.slug, a.id).cmp(&(&b.slug, b.id)));
    Ok(all)
}

/// A product type by id.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn find_product_type(app: &App, actor: &Actor, id: ProductTypeId) -> ServiceResult<Option<ProductType>> {
    Ok(readable(app, actor).await?.product_types.get(&id).cloned())
}

/// A category by id.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn find_category(app: &App, actor: &Actor, id: CategoryId) -> ServiceResult<Option<Category>> {
    Ok(readable(app, actor).await?.categories.get(&id).cloned())
}

/// A collection by id.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn find_collection(app: &App, actor: &Actor, id: CollectionId) -> ServiceResult<Option<Collection>> {
    Ok(readable(app, actor).await?.collections.get(&id).cloned())
}

async fn readable(app: &App, actor: &Actor) -> ServiceResult<Arc<Taxonomy>> {
    actor.require(Permission::CatalogRead)?;
    app.catalog.taxonomy().await
}

/// True if any product satisfies the condition. Reads page by page, up to all products.
pub(crate) async fn any_product(app: &App, matches: impl Fn(&Product) -> bool) -> ServiceResult<bool> {
    let mut after: Option<String> = None;
    loop {
        let page = app.documents.scan(Product::COLLECTION, after.as_deref(), MAX_BATCH).await?;
        let is_last = page.len() < MAX_BATCH;
        after = page.last().map(|document| document.id.clone());
        for document in page {
            if matches(&Product::from_document(document)?) {
                return Ok(true);
            }
        }
        if is_last {
            return Ok(false);
        }
    }
}
