//! What staff read: levels and the record of movements.

use model::{
    PageRequest,
    access::{Actor, Permission},
    ids::StockMovementId,
    inventory::{InventoryItem, InventoryLevel, StockMovement},
};
use persistence::{Conn, inventory};

use crate::{App, ServiceResult};

/// A page of movements.
#[derive(Debug, Clone, Default)]
pub struct MovementPage {
    /// Newest first.
    pub movements: Vec<StockMovement>,
    /// Whether there are more in the direction of the page.
    pub has_more: bool,
}

/// The levels of a SKU at every location that ever had some; none for an unknown SKU.
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

/// A page of the movements of a SKU, newest first; none for an unknown SKU.
///
/// # Errors
/// [`crate::ServiceError`].
pub async fn movements(
    app: &App,
    actor: &Actor,
    sku: &str,
    page: &PageRequest<StockMovementId>,
) -> ServiceResult<MovementPage> {
    actor.require(Permission::InventoryRead)?;
    let mut conn = app.db.read().await?;
    let Some(item) = find(&mut conn, sku).await? else { return Ok(MovementPage::default()) };
    let (movements, has_more) = inventory::movements(&mut conn, item.variant_id, page).await?;
    Ok(MovementPage { movements, has_more })
}

/// How many movements a SKU has.
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
