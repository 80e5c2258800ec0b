//! Effects of fulfilling and canceling orders on stock.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    Timestamp,
    ids::{OrderId, OrderLineId, ProductId, StockLocationId, StockMovementId, VariantId},
    inventory::{self as rules, Allocation, InventoryLevel, MovementKind, StockMovement},
};
use persistence::{Conn, StoreResult, inventory, orders};

use crate::inventory::announce;

/// The end of an allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AllocationEnd {
    /// The units can be sold again.
    Released,
    /// The units were shipped.
    Shipped,
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

/// Deducts shipped units from stock and from the order's allocations, and returns the products concerned. Units of
/// items that are not tracked were never allocated and are ignored.
pub(super) async fn deduct(
    conn: &mut Conn,
    order: OrderId,
    deductions: &[(OrderLineId, VariantId, i64)],
    record: Record<'_>,
) -> StoreResult<Vec<ProductId>> {
    let mut allocations = orders::allocations_of(conn, order).await?;
    let mut taken = Vec::new();
    for (line, variant, units) in deductions {
        taken.extend(rules::release(&mut allocations, *line, *variant, *units));
    }
    save(conn, &allocations, &taken, AllocationEnd::Shipped, record).await
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
        AllocationEnd::Shipped => (MovementKind::Deduction, -units),
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
