//! Inventory items without products, for tests of stock.

use model::{
    access::Actor,
    ids::{ProductId, StockLocationId, VariantId},
    inventory::{AdjustmentReason, InventoryItem, StockChange, StockTarget},
};
use persistence::{Db, db::Transactions as _, inventory};
use services::inventory::{AdjustError, set_stock};

/// A tracked item without backorders.
#[must_use]
pub fn item(sku: &str) -> InventoryItem {
    InventoryItem {
        variant_id: VariantId::new(),
        product_id: ProductId::new(),
        sku: sku.to_owned(),
        is_tracked: true,
        allows_backorder: false,
    }
}

/// Inserts an item with its levels.
///
/// # Panics
/// If the database returns an error.
pub async fn stock(db: &Db, item: &InventoryItem, levels: &[(StockLocationId, i64)]) {
    let changes: Vec<_> = levels
        .iter()
        .map(|(location_id, on_hand)| StockChange {
            variant_id: item.variant_id,
            location_id: *location_id,
            target: StockTarget::OnHand(*on_hand),
        })
        .collect();
    let mut conn = db.write().await.unwrap();
    conn.transaction::<_, AdjustError, _>(async |conn| {
        inventory::claim_skus(conn, std::slice::from_ref(item), &[]).await?;
        set_stock(conn, &Actor::System, AdjustmentReason::Counted, None, &changes, chrono::Utc::now()).await
    })
    .await
    .unwrap();
}
