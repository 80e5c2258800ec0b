//! Effects of fulfilling and canceling orders on stock.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    Timestamp,
    ids::{OrderId, OrderLineId, ProductId, StockLocationId, StockMovementId, VariantId},
    inventory::{
        self as rules, Allocation, InventoryLevel, LevelChange, LockedItem, MovementKind, ShippedPart, StockMovement,
    },
};
use persistence::{Conn, StoreResult, inventory, orders};

use super::{FulfillError, FulfillRule};
use crate::inventory::announce;

/// The end of an allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AllocationEnd {
    /// The units can be sold again.
    Released,
    /// The units on hand are written off; the rest of the allocation is released.
    WrittenOff,
}

/// The origin of stock movements.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    /// The id of the order or fulfillment.
    pub reference: &'a str,
    /// The actor.
    pub actor: &'a str,
    /// Time of the movements.
    pub now: Timestamp,
}

/// Ends all allocations of an order, and returns the products concerned.
pub(super) async fn end_allocations(
    conn: &mut Conn,
    order: OrderId,
    end: AllocationEnd,
    record: Record<'_>,
) -> StoreResult<Vec<ProductId>> {
    let mut allocations = orders::allocations_of(conn, order).await?;
    let taken = allocations.clone();
    for allocation in &mut allocations {
        allocation.quantity = 0;
    }
    save(conn, &allocations, &taken, end, record).await
}

/// Ships units of an order: deducts them from stock and from the order's allocations, where they are allocated or all at
/// one location. Returns the units by location, and the products concerned. Units of items that are not tracked were
/// never allocated and are ignored.
pub(super) async fn ship(
    conn: &mut Conn,
    order: OrderId,
    units: &[(OrderLineId, VariantId, i64)],
    from: Option<StockLocationId>,
    record: Record<'_>,
) -> Result<(Vec<ShippedPart>, Vec<ProductId>), FulfillError> {
    let mut allocations = orders::allocations_of(conn, order).await?;
    let variants: BTreeSet<VariantId> = units.iter().map(|(_, variant, _)| *variant).collect();
    let held = allocations.iter().filter(|held| variants.contains(&held.variant_id));
    let locations: BTreeSet<StockLocationId> = held.map(|held| held.location_id).chain(from).collect();
    let items = inventory::lock_items(conn, &variants, &locations).await?;
    let shipped = rules::ship(&mut allocations, &items, units, from).map_err(|_| FulfillRule::NotAtLocation)?;
    if shipped.parts.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    orders::save_allocations(conn, &allocations).await?;
    let products = apply(conn, &items, &shipped.changes, record).await?;
    Ok((shipped.parts, products))
}

/// Returns units of a canceled fulfillment to stock, where they are allocated to the order again. Returns the products
/// concerned.
pub(super) async fn unship(
    conn: &mut Conn,
    order: OrderId,
    parts: &[ShippedPart],
    record: Record<'_>,
) -> StoreResult<Vec<ProductId>> {
    let variants: BTreeSet<VariantId> = parts.iter().map(|part| part.variant_id).collect();
    let locations: BTreeSet<StockLocationId> = parts.iter().map(|part| part.location_id).collect();
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let items = inventory::lock_items(conn, &variants, &locations).await?;
    let (allocations, changes) = rules::unship(&items, parts);
    orders::add_allocations(conn, order, &allocations).await?;
    apply(conn, &items, &changes, record).await
}

/// Applies changes to the levels that exist; the level of a variant that was deleted since does not.
async fn apply(
    conn: &mut Conn,
    items: &[LockedItem],
    changes: &[LevelChange],
    record: Record<'_>,
) -> StoreResult<Vec<ProductId>> {
    let exists = |change: &&LevelChange| {
        let mut levels = items.iter().flat_map(|item| &item.levels);
        levels.any(|level| level.variant_id == change.variant_id && level.location_id == change.location_id)
    };
    let movement = |change: &LevelChange| StockMovement {
        id: StockMovementId::new(),
        variant_id: change.variant_id,
        location_id: change.location_id,
        kind: change.kind,
        on_hand: change.on_hand,
        allocated: change.allocated,
        reference: Some(record.reference.to_owned()),
        actor: record.actor.to_owned(),
        at: record.now,
    };
    let movements: Vec<StockMovement> = changes.iter().filter(exists).map(movement).collect();
    inventory::move_stock(conn, &movements).await?;
    let variants: BTreeSet<VariantId> = changes.iter().map(|change| change.variant_id).collect();
    announce(conn, variants.into_iter().collect()).await
}

async fn save(
    conn: &mut Conn,
    remaining: &[Allocation],
    taken: &[Allocation],
    end: AllocationEnd,
    record: Record<'_>,
) -> StoreResult<Vec<ProductId>> {
    if taken.is_empty() {
        return Ok(Vec::new());
    }
    orders::save_allocations(conn, remaining).await?;
    let mut units: BTreeMap<(VariantId, StockLocationId), i64> = BTreeMap::new();
    for part in taken {
        *units.entry((part.variant_id, part.location_id)).or_default() += part.quantity;
    }
    let variants: BTreeSet<VariantId> = units.keys().map(|(variant, _)| *variant).collect();
    let locations: BTreeSet<StockLocationId> = units.keys().map(|(_, location)| *location).collect();
    let locked = inventory::lock_items(conn, &variants, &locations).await?;
    // The level of a variant that was deleted since does not exist any more.
    let movements: Vec<StockMovement> = locked
        .iter()
        .flat_map(|item| &item.levels)
        .filter_map(|level| {
            let units = *units.get(&(level.variant_id, level.location_id))?;
            Some(movement(level, units, end, record))
        })
        .collect();
    inventory::move_stock(conn, &movements).await?;
    announce(conn, variants.into_iter().collect()).await
}

fn movement(level: &InventoryLevel, units: i64, end: AllocationEnd, record: Record<'_>) -> StockMovement {
    let (kind, on_hand) = match end {
        AllocationEnd::WrittenOff if level.on_hand > 0 => (MovementKind::Deduction, -units.min(level.on_hand)),
        AllocationEnd::Released | AllocationEnd::WrittenOff => (MovementKind::Release, 0),
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
