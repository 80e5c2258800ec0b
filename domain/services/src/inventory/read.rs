//! Stock levels and movements, for staff.

use std::collections::HashMap;

use model::{
    Page, PageRequest,
    access::{Actor, Permission},
    ids::{StockMovementId, VariantId},
    inventory::{InventoryItem, InventoryLevel, StockMovement},
};
use persistence::{Conn, inventory};

use crate::{App, ServiceResult};

/// The levels of a SKU at all locations that ever stocked it; none for an unknown SKU.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn levels(app: &App, actor: &Actor, sku: &str) -> ServiceResult<Vec<InventoryLevel>> {
    actor.require(Permission::InventoryRead)?;
    let mut conn = app.db.read().await?;
    match find(&mut conn, sku).await? {
        Some(item) => Ok(inventory::levels_by_variant(&mut conn, &[item.variant_id]).await?),
        None => Ok(Vec::new()),
    }
}

/// The inventory items of variants; unknown ones are omitted. The permission to read a variant in the back office includes them.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn items_of_variants(
    app: &App,
    actor: &Actor,
    variants: &[VariantId],
) -> ServiceResult<HashMap<VariantId, InventoryItem>> {
    actor.require_back_office()?;
    Ok(inventory::items_by_variant(&mut *app.db.read().await?, variants).await?)
}

/// A page of the movements of a SKU, newest first; none for an unknown SKU.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn movements(
    app: &App,
    actor: &Actor,
    sku: &str,
    page: &PageRequest<StockMovementId>,
) -> ServiceResult<Page<StockMovement>> {
    actor.require(Permission::InventoryRead)?;
    let mut conn = app.db.read().await?;
    let Some(item) = find(&mut conn, sku).await? else { return Ok(Page::empty()) };
    Ok(inventory::movements(&mut conn, item.variant_id, page).await?)
}

/// The number of movements of a SKU.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn count_movements(app: &App, actor: &Actor, sku: &str) -> ServiceResult<i64> {
    actor.require(Permission::InventoryRead)?;
    let mut conn = app.db.read().await?;
    match find(&mut conn, sku).await? {
        Some(item) => Ok(inventory::count_movements(&mut conn, item.variant_id).await?),
        None => Ok(0),
    }
}

async fn find(conn: &mut Conn, sku: &str) -> ServiceResult<Option<InventoryItem>> {
    Ok(inventory::items_by_sku(conn, &[sku]).await?.remove(sku))
}
