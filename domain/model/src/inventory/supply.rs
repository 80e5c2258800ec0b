//! Availability: the units of a variant that a channel can still sell.

use super::InventoryLevel;
use crate::{
    Quantity,
    channels::Channel,
    ids::{StockLocationId, VariantId},
};

/// An inventory item with its levels, locked for update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedItem {
    /// Variant of the item.
    pub variant_id: VariantId,
    /// True if stock is counted.
    pub is_tracked: bool,
    /// True if the item may be sold beyond its stock.
    pub allows_backorder: bool,
    /// Levels at the requested locations.
    pub levels: Vec<InventoryLevel>,
}

/// The supply of an inventory item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Supply {
    /// Unlimited: stock is not counted.
    Unlimited,
    /// Available units at each location; the item may be sold beyond them.
    Backorder(Vec<(StockLocationId, i64)>),
    /// Available units at each location.
    Stock(Vec<(StockLocationId, i64)>),
}

/// An item that must be in stock to sell a variant: the variant itself or a component of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplyPart {
    /// Variant of the inventory item.
    pub variant_id: VariantId,
    /// Units needed per unit sold.
    pub units: i64,
    /// Supply of the item.
    pub supply: Supply,
}

/// The stock of a variant or bundle.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VariantStock {
    /// Items that must be in stock; empty for an unknown variant, which cannot be sold.
    pub parts: Vec<SupplyPart>,
}

impl VariantStock {
    /// Reported availability of items with unlimited supply.
    pub const UNLIMITED: i64 = Quantity::MAX as i64;

    /// Units that the channel's locations can supply together; limited by the scarcest component of a bundle.
    #[must_use]
    pub fn available_in(&self, channel: &Channel) -> i64 {
        self.parts.iter().map(|part| part.available_at(&channel.locations)).min().unwrap_or(0)
    }

    /// The items with limited supply, each with the units available at the channel's locations.
    pub fn units_in(&self, channel: &Channel) -> impl Iterator<Item = (VariantId, i64)> {
        self.parts.iter().filter_map(|part| Some((part.variant_id, part.units_at(&channel.locations)?)))
    }

    /// True if the channel can sell at least one unit.
    #[must_use]
    pub fn is_available_in(&self, channel: &Channel) -> bool {
        self.available_in(channel) > 0
    }
}

impl SupplyPart {
    fn available_at(&self, locations: &[StockLocationId]) -> i64 {
        let units = self.units_at(locations);
        units.map_or(VariantStock::UNLIMITED, |units| (units / self.units.max(1)).min(VariantStock::UNLIMITED))
    }

    /// Units at the locations; None for unlimited supply. A negative level does not reduce the others.
    fn units_at(&self, locations: &[StockLocationId]) -> Option<i64> {
        match &self.supply {
            Supply::Unlimited | Supply::Backorder(_) => None,
            Supply::Stock(levels) => {
                let at_locations = levels.iter().filter(|(location, _)| locations.contains(location));
                Some(at_locations.map(|(_, available)| (*available).max(0)).sum())
            }
        }
    }

    /// Units in stock at a location, without backorders; None if stock is not counted.
    #[must_use]
    pub fn in_stock_at(&self, location: StockLocationId) -> Option<i64> {
        match &self.supply {
            Supply::Unlimited => None,
            Supply::Backorder(levels) | Supply::Stock(levels) => {
                let at_location = levels.iter().filter(|(known, _)| *known == location);
                Some(at_location.map(|(_, available)| (*available).max(0)).sum())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn channel(locations: &[StockLocationId]) -> Channel {
        Channel { locations: locations.to_vec(), ..fixtures::channel("eu".parse().unwrap()) }
    }

    #[test]
    fn availability_sums_the_locations_of_the_channel() {
        let [here, there, elsewhere] = [(); 3].map(|()| StockLocationId::new());
        let supply = Supply::Stock(vec![(here, 60), (there, 40), (elsewhere, 500)]);
        let stock = VariantStock { parts: vec![SupplyPart { variant_id: VariantId::new(), units: 1, supply }] };
        assert_eq!(stock.available_in(&channel(&[here, there])), 100);
        assert!(!stock.is_available_in(&channel(&[])));
    }

    #[test]
    fn a_negative_level_does_not_reduce_other_locations() {
        let [here, there] = [(); 2].map(|()| StockLocationId::new());
        let supply = Supply::Stock(vec![(here, -3), (there, 2)]);
        let stock = VariantStock { parts: vec![SupplyPart { variant_id: VariantId::new(), units: 1, supply }] };
        assert_eq!(stock.available_in(&channel(&[here, there])), 2);
    }

    #[test]
    fn backorders_are_sold_without_limit_but_are_not_in_stock() {
        let here = StockLocationId::new();
        let of = |supply| SupplyPart { variant_id: VariantId::new(), units: 1, supply };
        let made_to_order = of(Supply::Backorder(vec![(here, 2)]));
        assert_eq!(made_to_order.in_stock_at(here), Some(2));
        assert_eq!(made_to_order.in_stock_at(StockLocationId::new()), Some(0));
        assert_eq!(of(Supply::Unlimited).in_stock_at(here), None);
        let stock = VariantStock { parts: vec![made_to_order] };
        assert_eq!(stock.available_in(&channel(&[here])), VariantStock::UNLIMITED);
    }

    #[test]
    fn the_scarcest_component_limits_a_bundle() {
        let here = StockLocationId::new();
        let part = |units, on_hand| {
            let supply = Supply::Stock(vec![(here, on_hand)]);
            SupplyPart { variant_id: VariantId::new(), units, supply }
        };
        let kit = VariantStock { parts: vec![part(1, 10), part(2, 9), part(1, 5)] };
        assert_eq!(kit.available_in(&channel(&[here])), 4);
        let units: Vec<i64> = kit.units_in(&channel(&[here])).map(|(_, units)| units).collect();
        assert_eq!(units, [10, 9, 5]);
        let unlimited = SupplyPart { variant_id: VariantId::new(), units: 1, supply: Supply::Unlimited };
        let download = VariantStock { parts: vec![unlimited] };
        assert_eq!(download.available_in(&channel(&[])), VariantStock::UNLIMITED);
        assert_eq!(VariantStock::default().available_in(&channel(&[here])), 0);
    }
}
