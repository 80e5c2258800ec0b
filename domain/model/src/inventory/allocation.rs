//! Allocation of stock to orders: each need is split over the channel's locations in order of preference.

use std::collections::{BTreeMap, HashMap};

use super::LockedItem;
use crate::ids::{OrderLineId, StockLocationId, VariantId};

/// Units that an order line needs from stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockNeed {
    /// Order line.
    pub line_id: OrderLineId,
    /// Variant of the line or a component of a bundle.
    pub variant_id: VariantId,
    /// Units needed, at least one.
    pub quantity: i64,
    /// The only location that may supply the units, without backorders, because the shopper picks them up there; None
    /// for any location of the channel.
    pub location: Option<StockLocationId>,
}

/// Units at one location that are allocated to an order line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocation {
    /// Order line.
    pub line_id: OrderLineId,
    /// Allocated variant.
    pub variant_id: VariantId,
    /// Stock location.
    pub location_id: StockLocationId,
    /// Allocated units.
    pub quantity: i64,
    /// True if the allocation may exceed the available units.
    pub is_backorder: bool,
}

/// A variant with too few units in stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortage {
    /// Variant that is short.
    pub variant_id: VariantId,
    /// Units that all lines need.
    pub wanted: i64,
    /// Units that are available.
    pub available: i64,
}

/// Splits the needs over the locations. Items that are not tracked need no allocation.
///
/// # Errors
/// All variants with too few units; then nothing is allocated.
pub fn allocate(
    needs: &[StockNeed],
    items: &[LockedItem],
    preference: &[StockLocationId],
) -> Result<Vec<Allocation>, Vec<Shortage>> {
    let items: HashMap<VariantId, &LockedItem> = items.iter().map(|item| (item.variant_id, item)).collect();
    let everywhere = locations(needs, preference);
    let mut available: HashMap<VariantId, Vec<(StockLocationId, i64)>> =
        items.iter().map(|(id, item)| (*id, available_at(item, &everywhere))).collect();
    let mut allocations = Vec::with_capacity(needs.len());
    let mut is_short = false;
    for need in needs {
        let Some(item) = items.get(&need.variant_id) else {
            is_short = true;
            continue;
        };
        if !item.is_tracked {
            continue;
        }
        let levels = available.entry(need.variant_id).or_default();
        let missing = allocate_available(need, preference, levels, &mut allocations);
        match preference.first() {
            _ if missing == 0 => {}
            Some(first) if item.allows_backorder && need.location.is_none() => allocations.push(Allocation {
                line_id: need.line_id,
                variant_id: need.variant_id,
                location_id: *first,
                quantity: missing,
                is_backorder: true,
            }),
            _ => is_short = true,
        }
    }
    if is_short { Err(shortages(needs, &items, preference)) } else { Ok(allocations) }
}

/// The locations that may supply the needs, in order of preference.
#[must_use]
pub fn locations(needs: &[StockNeed], preference: &[StockLocationId]) -> Vec<StockLocationId> {
    let mut locations = preference.to_vec();
    for only in needs.iter().filter_map(|need| need.location) {
        if !locations.contains(&only) {
            locations.push(only);
        }
    }
    locations
}

/// Sums the allocations per level, in the order in which levels are locked. The flag is true if one is a backorder.
#[must_use]
pub fn totals(allocations: &[Allocation]) -> BTreeMap<(VariantId, StockLocationId), (i64, bool)> {
    let mut totals = BTreeMap::new();
    for allocation in allocations {
        let total = totals.entry((allocation.variant_id, allocation.location_id)).or_insert((0, false));
        total.0 += allocation.quantity;
        total.1 |= allocation.is_backorder;
    }
    totals
}

/// Releases `quantity` units of a variant from the allocations of a line, in their order, and returns the released
/// parts. Allocations without remaining units keep a quantity of zero.
pub fn release(
    allocations: &mut [Allocation],
    line_id: OrderLineId,
    variant_id: VariantId,
    quantity: i64,
) -> Vec<Allocation> {
    let mut left = quantity;
    let mut taken = Vec::new();
    let own = allocations.iter_mut().filter(|held| held.line_id == line_id && held.variant_id == variant_id);
    for held in own {
        let part = held.quantity.min(left);
        if part > 0 {
            held.quantity -= part;
            left -= part;
            taken.push(Allocation { quantity: part, ..*held });
        }
    }
    taken
}

/// The available units of the locations, in order of preference; locations without units are omitted.
fn available_at(item: &LockedItem, preference: &[StockLocationId]) -> Vec<(StockLocationId, i64)> {
    let available = |location: &StockLocationId| {
        let level = item.levels.iter().find(|level| level.location_id == *location)?;
        (level.available() > 0).then(|| (*location, level.available()))
    };
    preference.iter().filter_map(available).collect()
}

/// Allocates available units and returns the number of missing ones.
fn allocate_available(
    need: &StockNeed,
    preference: &[StockLocationId],
    levels: &mut [(StockLocationId, i64)],
    allocations: &mut Vec<Allocation>,
) -> i64 {
    let mut missing = need.quantity;
    let may_supply = |id: StockLocationId| match need.location {
        Some(only) => only == id,
        None => preference.contains(&id),
    };
    for (location_id, available) in levels.iter_mut().filter(|(id, _)| may_supply(*id)) {
        let quantity = missing.min(*available);
        if quantity > 0 {
            *available -= quantity;
            missing -= quantity;
            allocations.push(Allocation {
                line_id: need.line_id,
                variant_id: need.variant_id,
                location_id: *location_id,
                quantity,
                is_backorder: false,
            });
        }
    }
    missing
}

fn shortages(
    needs: &[StockNeed],
    items: &HashMap<VariantId, &LockedItem>,
    preference: &[StockLocationId],
) -> Vec<Shortage> {
    let mut wanted: BTreeMap<(VariantId, Option<StockLocationId>), i64> = BTreeMap::new();
    for need in needs {
        *wanted.entry((need.variant_id, need.location)).or_default() += need.quantity;
    }
    let available = |id: VariantId, only: Option<StockLocationId>| match items.get(&id) {
        Some(item) if !item.is_tracked || (item.allows_backorder && only.is_none()) => i64::MAX,
        Some(item) => available_at(item, only.as_ref().map_or(preference, std::slice::from_ref))
            .iter()
            .map(|(_, units)| units)
            .sum(),
        None => 0,
    };
    let all = wanted.into_iter().map(|((variant_id, only), wanted)| Shortage {
        variant_id,
        wanted,
        available: available(variant_id, only),
    });
    all.filter(|shortage| shortage.wanted > shortage.available).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::inventory::InventoryLevel;

    fn item(variant_id: VariantId, levels: &[(StockLocationId, i64)]) -> LockedItem {
        let level = |(location_id, on_hand): &(StockLocationId, i64)| InventoryLevel {
            variant_id,
            sku: String::new(),
            location_id: *location_id,
            on_hand: *on_hand,
            allocated: 0,
        };
        LockedItem { variant_id, is_tracked: true, allows_backorder: false, levels: levels.iter().map(level).collect() }
    }

    fn need(variant_id: VariantId, quantity: i64) -> StockNeed {
        StockNeed { line_id: OrderLineId::new(), variant_id, quantity, location: None }
    }

    #[test]
    fn stock_is_allocated_by_location_preference() {
        let [berlin, lyon] = [(); 2].map(|()| StockLocationId::new());
        let print = VariantId::new();
        let items = [item(print, &[(lyon, 40), (berlin, 60)])];
        let allocations = allocate(&[need(print, 70)], &items, &[berlin, lyon]).unwrap();
        let parts: Vec<_> = allocations.iter().map(|part| (part.location_id, part.quantity)).collect();
        assert_eq!(parts, [(berlin, 60), (lyon, 10)]);
    }

    #[test]
    fn two_lines_of_one_variant_share_its_stock() {
        let here = StockLocationId::new();
        let stove = VariantId::new();
        let items = [item(stove, &[(here, 5)])];
        let short = allocate(&[need(stove, 3), need(stove, 3)], &items, &[here]).unwrap_err();
        assert_eq!(short, [Shortage { variant_id: stove, wanted: 6, available: 5 }]);
        assert!(allocate(&[need(stove, 3), need(stove, 2)], &items, &[here]).is_ok());
    }

    #[test]
    fn all_shortages_are_returned_including_unknown_variants() {
        let here = StockLocationId::new();
        let [lamp, tee, ghost] = [(); 3].map(|()| VariantId::new());
        let items = [item(lamp, &[]), item(tee, &[(here, 9)])];
        let short = allocate(&[need(lamp, 1), need(tee, 9), need(ghost, 2)], &items, &[here]).unwrap_err();
        let named: Vec<_> = short.iter().map(|shortage| (shortage.variant_id, shortage.available)).collect();
        assert_eq!(named, [(lamp, 0), (ghost, 0)]);
    }

    #[test]
    fn backorders_are_allocated_at_the_preferred_location() {
        let here = StockLocationId::new();
        let [download, made_to_order] = [(); 2].map(|()| VariantId::new());
        let items = [
            LockedItem { is_tracked: false, ..item(download, &[]) },
            LockedItem { allows_backorder: true, ..item(made_to_order, &[(here, 1)]) },
        ];
        let allocations = allocate(&[need(download, 5), need(made_to_order, 3)], &items, &[here]).unwrap();
        let parts: Vec<_> = allocations.iter().map(|part| (part.quantity, part.is_backorder)).collect();
        assert_eq!(parts, [(1, false), (2, true)]);
        assert_eq!(totals(&allocations), BTreeMap::from([((made_to_order, here), (3, true))]));
    }

    #[test]
    fn goods_to_pick_up_are_allocated_only_at_their_location() {
        let [berlin, lyon] = [(); 2].map(|()| StockLocationId::new());
        let [tee, made_to_order] = [(); 2].map(|()| VariantId::new());
        let at = |location, variant, quantity| StockNeed { location: Some(location), ..need(variant, quantity) };
        let items = [
            item(tee, &[(berlin, 5), (lyon, 2)]),
            LockedItem { allows_backorder: true, ..item(made_to_order, &[(lyon, 1)]) },
        ];
        let allocations = allocate(&[at(lyon, tee, 2), need(tee, 3)], &items, &[berlin, lyon]).unwrap();
        let parts: Vec<_> = allocations.iter().map(|part| (part.location_id, part.quantity)).collect();
        assert_eq!(parts, [(lyon, 2), (berlin, 3)]);
        let short = allocate(&[at(lyon, tee, 3)], &items, &[berlin, lyon]).unwrap_err();
        assert_eq!(short, [Shortage { variant_id: tee, wanted: 3, available: 2 }]);
        let short = allocate(&[at(lyon, made_to_order, 2)], &items, &[berlin, lyon]).unwrap_err();
        assert_eq!(short, [Shortage { variant_id: made_to_order, wanted: 2, available: 1 }], "no backorder");
        assert!(
            allocate(&[at(berlin, tee, 5)], &items, &[lyon]).is_ok(),
            "a location that the channel does not prefer"
        );
    }

    proptest! {
        #[test]
        fn allocations_cover_all_needs_within_the_stock(
            stock in prop::collection::vec(prop::collection::vec(0_i64..50, 3), 1..4),
            asked in prop::collection::vec((0_usize..4, 1_i64..40), 1..8),
        ) {
            let locations = [(); 3].map(|()| StockLocationId::new());
            let items: Vec<_> = stock
                .iter()
                .map(|levels| {
                    let levels: Vec<_> = locations.into_iter().zip(levels.iter().copied()).collect();
                    item(VariantId::new(), &levels)
                })
                .collect();
            let needs: Vec<_> =
                asked.iter().map(|(at, quantity)| need(items[at % items.len()].variant_id, *quantity)).collect();
            let fits = items.iter().all(|item| {
                let wanted: i64 =
                    needs.iter().filter(|need| need.variant_id == item.variant_id).map(|need| need.quantity).sum();
                wanted <= item.levels.iter().map(|level| level.on_hand).sum()
            });
            match allocate(&needs, &items, &locations) {
                Err(short) => prop_assert!(!fits && !short.is_empty()),
                Ok(mut allocations) => {
                    prop_assert!(fits);
                    for (level, (total, _)) in totals(&allocations) {
                        let item = items.iter().find(|item| item.variant_id == level.0).unwrap();
                        let on_hand = item.levels.iter().find(|held| held.location_id == level.1).unwrap().on_hand;
                        prop_assert!(total <= on_hand);
                    }
                    for need in &needs {
                        let own = release(&mut allocations, need.line_id, need.variant_id, need.quantity);
                        prop_assert_eq!(own.iter().map(|part| part.quantity).sum::<i64>(), need.quantity);
                    }
                    prop_assert!(allocations.iter().all(|left| left.quantity == 0));
                }
            }
        }
    }
}
