//! What sending an order, or calling it off, does to stock.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    Timestamp,
    ids::{OrderId, OrderLineId, ProductId, StockLocationId, StockMovementId, VariantId},
    inventory::{self as rules, Allocation, InventoryLevel, MovementKind, StockMovement},
};
use persistence::{Conn, StoreResult, inventory, orders};

use crate::inventory::announce;

/// What becomes of units that were promised to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// They can be sold again.
    Freed,
    /// They left the building.
    Gone,
    /// They are written off, as far as they had arrived; the rest of the promise is void.
    WrittenOff,
}

/// The names under which movements are kept.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    /// What the units were for.
    pub reference: &'a str,
    /// Whoever moves them.
    pub actor: &'a str,
    /// When.
    pub now: Timestamp,
}

/// Frees or writes off everything that is still promised to an order, and gives the products concerned.
pub(super) async fn settle_all(
    conn: &mut Conn,
    order: OrderId,
    fate: Fate,
    record: Record<'_>,
) -> StoreResult<Vec<ProductId>> {
    let mut held = orders::allocations_of(conn, order).await?;
    let taken = held.clone();
    for allocation in &mut held {
        allocation.quantity = 0;
    }
    settle(conn, &held, &taken, fate, record).await
}

/// Takes units of lines out of what is promised to the order, because they leave, and gives the products concerned.
/// Units that were never promised, because their item is not tracked, leave no trace.
pub(super) async fn deduct(
    conn: &mut Conn,
    order: OrderId,
    deductions: &[(OrderLineId, VariantId, i64)],
    record: Record<'_>,
) -> StoreResult<Vec<ProductId>> {
    let mut held = orders::allocations_of(conn, order).await?;
    let mut taken = Vec::new();
    for (line, variant, units) in deductions {
        taken.extend(rules::release(&mut held, *line, *variant, *units));
    }
    settle(conn, &held, &taken, Fate::Gone, record).await
}

async fn settle(
    conn: &mut Conn,
    held: &[Allocation],
    taken: &[Allocation],
    fate: Fate,
    record: Record<'_>,
) -> StoreResult<Vec<ProductId>> {
    if taken.is_empty() {
        return Ok(Vec::new());
    }
    orders::save_allocations(conn, held).await?;
    let mut units: BTreeMap<(VariantId, StockLocationId), i64> = BTreeMap::new();
    for part in taken {
        *units.entry((part.variant_id, part.location_id)).or_default() += part.quantity;
    }
    let variants: BTreeSet<VariantId> = units.keys().map(|(variant, _)| *variant).collect();
    let locations: BTreeSet<StockLocationId> = units.keys().map(|(_, location)| *location).collect();
    let locked = inventory::lock_items(conn, &variants, &locations).await?;
    // The level of a variant that was deleted since is gone, and with it the promise.
    let movements: Vec<StockMovement> = locked
        .iter()
        .flat_map(|item| &item.levels)
        .filter_map(|level| {
            let units = *units.get(&(level.variant_id, level.location_id))?;
            Some(movement(level, units, fate, record))
        })
        .collect();
    inventory::move_stock(conn, &movements).await?;
    announce(conn, variants.into_iter().collect()).await
}

fn movement(level: &InventoryLevel, units: i64, fate: Fate, record: Record<'_>) -> StockMovement {
    let (kind, on_hand) = match fate {
        Fate::WrittenOff if level.on_hand > 0 => (MovementKind::Deduction, -units.min(level.on_hand)),
        Fate::Freed | Fate::WrittenOff => (MovementKind::Release, 0),
        Fate::Gone => (MovementKind::Deduction, -units),
    };
    StockMovement {
        id: StockMovementId::new(),
        variant_id: level.variant_id,
        location_id: level.location_id,
        kind,
        on_hand,
        allocated: -units,
        reference: Some(record.reference.to_owned()),
        actor: record.actor.to_owned(),
        at: record.now,
    }
}
