//! Shipping allocated units from stock, and returning them when a fulfillment is canceled. No unit is created or lost.

use std::collections::{BTreeMap, HashMap};

use super::{Allocation, LockedItem, MovementKind, Shortage, release};
use crate::ids::{OrderLineId, StockLocationId, VariantId};

/// Units of an order line that left a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShippedPart {
    /// The order line.
    pub line_id: OrderLineId,
    /// The variant of the line or a component of a bundle.
    pub variant_id: VariantId,
    /// The location.
    pub location_id: StockLocationId,
    /// The number of units.
    pub quantity: i64,
}

/// A change of a stock level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelChange {
    /// The variant.
    pub variant_id: VariantId,
    /// The location.
    pub location_id: StockLocationId,
    /// The kind of movement.
    pub kind: MovementKind,
    /// The change of the units on hand.
    pub on_hand: i64,
    /// The change of the allocated units.
    pub allocated: i64,
}

/// Units that left stock.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shipped {
    /// The units by order line and location.
    pub parts: Vec<ShippedPart>,
    /// The changes of levels.
    pub changes: Vec<LevelChange>,
}

/// Changes of levels, summed by variant, location and kind.
#[derive(Default)]
struct Changes(BTreeMap<(VariantId, StockLocationId, u8), LevelChange>);

impl Changes {
    fn add(&mut self, at: (VariantId, StockLocationId), kind: MovementKind, on_hand: i64, allocated: i64) {
        let (variant_id, location_id) = at;
        let none = LevelChange { variant_id, location_id, kind, on_hand: 0, allocated: 0 };
        // A release comes before a deduction, so that the movements of a level read in the order of their meaning.
        let rank = u8::from(kind == MovementKind::Deduction);
        let change = self.0.entry((variant_id, location_id, rank)).or_insert(none);
        change.on_hand += on_hand;
        change.allocated += allocated;
    }

    fn into_list(self) -> Vec<LevelChange> {
        self.0.into_values().collect()
    }
}

/// Ships units of lines: from where they are allocated, or all from one location, which then must have what is allocated
/// elsewhere among its available units. Units that were never allocated, because their item is not tracked, are ignored.
///
/// # Errors
/// The variants of which the location has too few units; then nothing has changed.
pub fn ship(
    allocations: &mut [Allocation],
    items: &[LockedItem],
    units: &[(OrderLineId, VariantId, i64)],
    from: Option<StockLocationId>,
) -> Result<Shipped, Vec<Shortage>> {
    let mut left = allocations.to_vec();
    let mut changes = Changes::default();
    let mut parts = Vec::new();
    let mut moved: HashMap<VariantId, i64> = HashMap::new();
    for (line_id, variant_id, quantity) in units {
        for taken in release_from(&mut left, *line_id, *variant_id, *quantity, from) {
            let location_id = from.unwrap_or(taken.location_id);
            let (held, sent) = ((*variant_id, taken.location_id), (*variant_id, location_id));
            if held == sent {
                changes.add(sent, MovementKind::Deduction, -taken.quantity, -taken.quantity);
            } else {
                changes.add(held, MovementKind::Release, 0, -taken.quantity);
                changes.add(sent, MovementKind::Deduction, -taken.quantity, 0);
                *moved.entry(*variant_id).or_default() += taken.quantity;
            }
            parts.push(ShippedPart {
                line_id: *line_id,
                variant_id: *variant_id,
                location_id,
                quantity: taken.quantity,
            });
        }
    }
    let short = from.map_or(Vec::new(), |location| shortages(items, &moved, location));
    if !short.is_empty() {
        return Err(short);
    }
    allocations.copy_from_slice(&left);
    Ok(Shipped { parts, changes: changes.into_list() })
}

/// Releases units of a line, those at the preferred location first.
fn release_from(
    allocations: &mut [Allocation],
    line_id: OrderLineId,
    variant_id: VariantId,
    quantity: i64,
    from: Option<StockLocationId>,
) -> Vec<Allocation> {
    let Some(location) = from else { return release(allocations, line_id, variant_id, quantity) };
    allocations.sort_by_key(|held| held.location_id != location);
    release(allocations, line_id, variant_id, quantity)
}

/// The variants whose moved units exceed what is available at the location.
fn shortages(items: &[LockedItem], moved: &HashMap<VariantId, i64>, location: StockLocationId) -> Vec<Shortage> {
    let available = |variant: VariantId| {
        let item = items.iter().find(|item| item.variant_id == variant);
        let level = item.and_then(|item| item.levels.iter().find(|level| level.location_id == location));
        level.map_or(0, |level| level.available().max(0))
    };
    let mut short: Vec<Shortage> = moved
        .iter()
        .map(|(variant_id, wanted)| Shortage {
            variant_id: *variant_id,
            wanted: *wanted,
            available: available(*variant_id),
        })
        .filter(|shortage| shortage.wanted > shortage.available)
        .collect();
    short.sort_by_key(|shortage| shortage.variant_id);
    short
}

/// Returns shipped units to their locations, where they are allocated to their lines again. Parts of variants that were
/// deleted since are left out.
#[must_use]
pub fn unship(items: &[LockedItem], parts: &[ShippedPart]) -> (Vec<Allocation>, Vec<LevelChange>) {
    let has_level = |part: &&ShippedPart| {
        let item = items.iter().find(|item| item.variant_id == part.variant_id);
        item.is_some_and(|item| item.levels.iter().any(|level| level.location_id == part.location_id))
    };
    let mut changes = Changes::default();
    let mut allocations = Vec::with_capacity(parts.len());
    for part in parts.iter().filter(has_level) {
        let at = (part.variant_id, part.location_id);
        changes.add(at, MovementKind::Returned, part.quantity, part.quantity);
        allocations.push(Allocation {
            line_id: part.line_id,
            variant_id: part.variant_id,
            location_id: part.location_id,
            quantity: part.quantity,
            is_backorder: false,
        });
    }
    (allocations, changes.into_list())
}

#[cfg(test)]
#[path = "shipping_tests.rs"]
mod tests;
