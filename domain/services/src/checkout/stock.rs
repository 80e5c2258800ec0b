//! Allocation of stock, the most contended part of a sale.

use std::collections::BTreeSet;

use model::{
    Timestamp,
    ids::{OrderId, StockLocationId, StockMovementId, VariantId},
    inventory::{self as rules, Allocation, MovementKind, StockMovement, StockNeed},
};
use persistence::{Conn, inventory};

use super::{CompleteError, CompleteRule};

/// Allocates stock to an order, split over the locations in order of preference; goods that the shopper picks up come
/// from that location alone. Takes two statements for any number of
/// lines; the levels stay locked until the transaction ends, so call it as late as possible.
pub(super) async fn allocate_stock(
    conn: &mut Conn,
    order: OrderId,
    needs: &[StockNeed],
    preference: &[StockLocationId],
    actor: &str,
    now: Timestamp,
) -> Result<Vec<Allocation>, CompleteError> {
    let variants: BTreeSet<VariantId> = needs.iter().map(|need| need.variant_id).collect();
    if variants.is_empty() {
        return Ok(Vec::new());
    }
    let locations: BTreeSet<StockLocationId> = rules::locations(needs, preference).into_iter().collect();
    let items = inventory::lock_items(conn, &variants, &locations).await?;
    let allocations = rules::allocate(needs, &items, preference).map_err(CompleteRule::OutOfStock)?;
    let movements: Vec<StockMovement> = rules::totals(&allocations)
        .into_iter()
        .map(|((variant_id, location_id), (units, _))| StockMovement {
            id: StockMovementId::new(),
            variant_id,
            location_id,
            kind: MovementKind::Allocation,
            on_hand: 0,
            allocated: units,
            reference: Some(order.to_string()),
            actor: actor.to_owned(),
            at: now,
        })
        .collect();
    inventory::move_stock(conn, &movements).await?;
    Ok(allocations)
}
