//! Variant lists of staff, deleted products, and the look-up of one variant.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use model::{
    Direction, Page, PageError, PageRequest, Timestamp,
    access::{Actor, Permission},
    catalog::Product,
    ids::{ProductId, VariantId},
    search::{VariantCursor, VariantFilter, VariantSort, VariantSortKey},
};
use persistence::{inventory, product_lists};

use super::{
    found::{FoundPage, neighbors},
    list::SearchError,
};
use crate::{App, ServiceError, ServiceResult, catalog};

/// The conditions, order and page of a list of variants.
#[derive(Debug, Clone)]
pub struct ListVariants {
    /// The conditions.
    pub filter: VariantFilter,
    /// The order; by SKU if none is given.
    pub sort: Option<VariantSort>,
    /// The page.
    pub page: PageRequest<VariantCursor>,
    /// True if the variants of the whole list are counted.
    pub wants_total: bool,
}

/// A variant with its product.
pub type FoundVariant = (Arc<Product>, VariantId);

/// The property that identifies one variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VariantKey {
    /// Its id.
    Id(VariantId),
    /// Its stock keeping unit.
    Sku(String),
    /// Its reference in an external system.
    ExternalReference(String),
}

/// A page of all variants that meet the conditions.
///
/// # Errors
/// [`SearchError`] for a cursor of another list or an unavailable store. A condition on the stock also needs the
/// permission to read stock.
pub async fn list_variants(
    app: &App,
    actor: &Actor,
    input: &ListVariants,
) -> Result<FoundPage<VariantCursor, FoundVariant>, SearchError> {
    let ListVariants { filter, sort, page, wants_total } = input;
    require_read(actor, filter)?;
    let sort = sort.unwrap_or(VariantSort { key: VariantSortKey::Sku, direction: Direction::Ascending });
    if page.cursor.as_ref().is_some_and(|cursor| !cursor.belongs_to(sort.key)) {
        return Err(PageError::Cursor.into());
    }
    let mut conn = app.db.read().await?;
    let Page { rows, has_more } = product_lists::list_variants(&mut conn, filter, sort, page).await?;
    let total = if *wants_total { Some(product_lists::count_variants(&mut conn, filter).await?) } else { None };
    drop(conn);
    let owners: HashMap<VariantId, ProductId> = rows.iter().map(|(cursor, product)| (cursor.id(), *product)).collect();
    let products: BTreeSet<ProductId> = owners.values().copied().collect();
    let products = catalog::fresh_products(app, &Vec::from_iter(products)).await?;
    let load = |cursor: &VariantCursor| {
        let product = products.get(owners.get(&cursor.id())?).filter(|product| is_listed(product, cursor))?;
        product.variant(cursor.id()).map(|variant| (product.clone(), variant.id))
    };
    let cursors = rows.into_iter().map(|(cursor, _)| cursor).collect();
    Ok(FoundPage::new(cursors, neighbors(page, has_more), total, load))
}

/// One variant with its product, as stored now.
///
/// # Errors
/// [`ServiceError`].
pub async fn find_variant(app: &App, actor: &Actor, key: &VariantKey) -> ServiceResult<Option<FoundVariant>> {
    actor.require(Permission::CatalogRead)?;
    let mut conn = app.db.read().await?;
    let item = match key {
        VariantKey::Id(id) => inventory::items_by_variant(&mut conn, &[*id]).await?.remove(id),
        VariantKey::Sku(sku) => inventory::items_by_sku(&mut conn, &[sku]).await?.remove(sku),
        VariantKey::ExternalReference(reference) => {
            drop(conn);
            return catalog::find_variant_by_reference(app, actor, reference).await;
        }
    };
    drop(conn);
    let Some(item) = item else { return Ok(None) };
    let product = catalog::fresh_products(app, &[item.product_id]).await?.remove(&item.product_id);
    // A product whose creation was interrupted has items and no document.
    Ok(product.filter(|product| product.variant(item.variant_id).is_some()).map(|product| (product, item.variant_id)))
}

/// A page of the products that were deleted after a time, oldest deletion first.
///
/// # Errors
/// [`ServiceError`].
pub async fn list_deleted_products(
    app: &App,
    actor: &Actor,
    after: Option<Timestamp>,
    page: &PageRequest<(Timestamp, ProductId)>,
) -> ServiceResult<Page<(Timestamp, ProductId)>> {
    actor.require(Permission::CatalogRead)?;
    Ok(product_lists::deleted_products(&mut *app.db.read().await?, after, page).await?)
}

/// The number of products that were deleted after a time.
///
/// # Errors
/// [`ServiceError`].
pub async fn count_deleted_products(app: &App, actor: &Actor, after: Option<Timestamp>) -> ServiceResult<i64> {
    actor.require(Permission::CatalogRead)?;
    Ok(product_lists::count_deleted(&mut *app.db.read().await?, after).await?)
}

/// False for a product that changed after its place in the order of changes: its new place follows, see `staff.rs`.
fn is_listed(product: &Product, cursor: &VariantCursor) -> bool {
    match cursor {
        VariantCursor::UpdatedAt(at, _) => product.updated_at <= *at,
        VariantCursor::Sku(..) => true,
    }
}

fn require_read(actor: &Actor, filter: &VariantFilter) -> Result<(), ServiceError> {
    actor.require(Permission::CatalogRead)?;
    if filter.below_quantity.is_some() {
        actor.require(Permission::InventoryRead)?;
    }
    Ok(())
}
