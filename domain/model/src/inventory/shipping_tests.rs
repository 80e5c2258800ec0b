use proptest::prelude::*;

use super::*;
use crate::inventory::InventoryLevel;

/// Two variants at three locations, and what two lines have allocated of them.
struct Warehouse {
    locations: [StockLocationId; 3],
    items: Vec<LockedItem>,
    lines: [(OrderLineId, VariantId); 2],
    allocations: Vec<Allocation>,
}

impl Warehouse {
    /// `units` are those on hand by variant and location; each line has half of them allocated.
    fn new(units: [[i64; 3]; 2]) -> Self {
        let locations = [(); 3].map(|()| StockLocationId::new());
        let variants = [(); 2].map(|()| VariantId::new());
        let lines = variants.map(|variant| (OrderLineId::new(), variant));
        let mut allocations = Vec::new();
        let mut items = Vec::new();
        for ((line_id, variant_id), units) in lines.into_iter().zip(units) {
            let mut levels = Vec::new();
            for (location_id, on_hand) in locations.into_iter().zip(units) {
                let quantity = on_hand / 2;
                allocations.push(Allocation { line_id, variant_id, location_id, quantity, is_backorder: false });
                let sku = String::new();
                levels.push(InventoryLevel { variant_id, sku, location_id, on_hand, allocated: quantity });
            }
            items.push(LockedItem { variant_id, is_tracked: true, allows_backorder: false, levels });
        }
        Self { locations, items, lines, allocations }
    }

    fn apply(&mut self, changes: &[LevelChange]) {
        for change in changes {
            let item = self.items.iter_mut().find(|item| item.variant_id == change.variant_id).unwrap();
            let level = item.levels.iter_mut().find(|level| level.location_id == change.location_id).unwrap();
            level.on_hand += change.on_hand;
            level.allocated += change.allocated;
        }
    }

    fn on_hand(&self) -> i64 {
        self.items.iter().flat_map(|item| &item.levels).map(|level| level.on_hand).sum()
    }

    fn allocated(&self) -> i64 {
        self.allocations.iter().map(|held| held.quantity).sum()
    }

    /// Levels agree with the allocations of lines, and no level is negative.
    fn is_consistent(&self) -> bool {
        let mut levels = self.items.iter().flat_map(|item| &item.levels);
        levels.all(|level| {
            let own = self
                .allocations
                .iter()
                .filter(|held| held.variant_id == level.variant_id && held.location_id == level.location_id);
            own.map(|held| held.quantity).sum::<i64>() == level.allocated && level.on_hand >= level.allocated
        })
    }
}

#[test]
fn units_leave_the_chosen_location_if_it_has_them() {
    let mut house = Warehouse::new([[4, 10, 0], [0, 0, 0]]);
    let (line, variant) = house.lines[0];
    let [berlin, lyon, oakland] = house.locations;
    let shipped = ship(&mut house.allocations, &house.items, &[(line, variant, 7)], Some(lyon)).unwrap();
    assert!(shipped.parts.iter().all(|part| part.location_id == lyon));
    assert_eq!(shipped.parts.iter().map(|part| part.quantity).sum::<i64>(), 7);
    house.apply(&shipped.changes);
    assert!(house.is_consistent());
    assert_eq!((house.on_hand(), house.allocated()), (7, 0));
    let released = shipped.changes.iter().find(|change| change.location_id == berlin).unwrap();
    assert_eq!((released.kind, released.on_hand, released.allocated), (MovementKind::Release, 0, -2));

    let mut house = Warehouse::new([[4, 10, 0], [0, 0, 0]]);
    let (line, variant) = house.lines[0];
    let before = house.allocations.clone();
    let refused = ship(&mut house.allocations, &house.items, &[(line, variant, 7)], Some(oakland)).unwrap_err();
    assert_eq!((refused.len(), house.allocations == before), (1, true));
}

#[test]
fn units_of_a_deleted_variant_are_not_returned() {
    let house = Warehouse::new([[4, 0, 0], [0, 0, 0]]);
    let part = ShippedPart {
        line_id: house.lines[0].0,
        variant_id: VariantId::new(),
        location_id: house.locations[0],
        quantity: 2,
    };
    assert_eq!(unship(&house.items, &[part]), (Vec::new(), Vec::new()));
}

proptest! {
    #[test]
    fn shipping_and_returning_create_and_lose_no_unit(
        units in prop::array::uniform2(prop::array::uniform3(0_i64..20)),
        steps in prop::collection::vec((0_usize..2, 1_i64..8, prop::option::of(0_usize..3), any::<bool>()), 0..20),
    ) {
        let mut house = Warehouse::new(units);
        let (on_hand, allocated) = (house.on_hand(), house.allocated());
        let mut away: Vec<ShippedPart> = Vec::new();
        for (line, quantity, from, returns) in steps {
            if returns && !away.is_empty() {
                let back = vec![away.remove(0)];
                let (held, changes) = unship(&house.items, &back);
                house.allocations.extend(held);
                house.apply(&changes);
            } else {
                let (line, variant) = house.lines[line];
                let from = from.map(|at| house.locations[at]);
                let before = house.allocations.clone();
                match ship(&mut house.allocations, &house.items, &[(line, variant, quantity)], from) {
                    Ok(shipped) => {
                        house.apply(&shipped.changes);
                        away.extend(shipped.parts);
                    }
                    Err(short) => prop_assert!(!short.is_empty() && house.allocations == before),
                }
            }
            let sent: i64 = away.iter().map(|part| part.quantity).sum();
            prop_assert_eq!(house.on_hand() + sent, on_hand);
            prop_assert_eq!(house.allocated() + sent, allocated);
            prop_assert!(house.is_consistent());
        }
    }
}
