//! What shoppers may hope for: how many of a variant a channel can still sell.

use super::InventoryLevel;
use crate::{
    Quantity,
    channels::Channel,
    ids::{StockLocationId, VariantId},
};

/// An inventory item with its levels, locked for a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedItem {
    /// The variant.
    pub variant_id: VariantId,
    /// Whether it can run out.
    pub is_tracked: bool,
    /// Whether it may be sold although nothing is left.
    pub allows_backorder: bool,
    /// Its levels at the locations asked for.
    pub levels: Vec<InventoryLevel>,
}

/// Where units of something come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Supply {
    /// It never runs out: it is not counted, or may be sold beyond stock.
    Unlimited,
    /// What is available at each location.
    Stock(Vec<(StockLocationId, i64)>),
}

/// Something that must be in stock to sell a variant: itself, or a component of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplyPart {
    /// The variant that is in stock.
    pub variant_id: VariantId,
    /// How many units one variant takes.
    pub units: i64,
    /// Where they come from.
    pub supply: Supply,
}

/// The stock of a variant as shoppers see it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VariantStock {
    /// What must be in stock; a variant of which nothing is known has none and cannot be sold.
    pub parts: Vec<SupplyPart>,
}

impl VariantStock {
    /// What is said to be available of something that never runs out.
    pub const UNLIMITED: i64 = Quantity::MAX as i64;

    /// How many the channel's locations can serve together; of a bundle, as many as its scarcest component allows.
    #[must_use]
    pub fn available_in(&self, channel: &Channel) -> i64 {
        self.parts.iter().map(|part| part.available_at(&channel.locations)).min().unwrap_or(0)
    }

    /// What must be in stock and can run out, with how many units of it the channel's locations hold together.
    pub fn units_in(&self, channel: &Channel) -> impl Iterator<Item = (VariantId, i64)> {
        self.parts.iter().filter_map(|part| Some((part.variant_id, part.units_at(&channel.locations)?)))
    }

    /// Whether the channel can sell at least one.
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

    /// None of what never runs out.
    fn units_at(&self, locations: &[StockLocationId]) -> Option<i64> {
        match &self.supply {
            Supply::Unlimited => None,
            Supply::Stock(levels) => {
                let at_locations = levels.iter().filter(|(location, _)| locations.contains(location));
                Some(at_locations.map(|(_, available)| (*available).max(0)).sum())
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
    fn a_channel_sells_what_its_locations_hold_together() {
        let [here, there, elsewhere] = [(); 3].map(|()| StockLocationId::new());
        let supply = Supply::Stock(vec![(here, 60), (there, 40), (elsewhere, 500)]);
        let stock = VariantStock { parts: vec![SupplyPart { variant_id: VariantId::new(), units: 1, supply }] };
        assert_eq!(stock.available_in(&channel(&[here, there])), 100);
        assert!(!stock.is_available_in(&channel(&[])));
    }

    #[test]
    fn a_location_that_owes_units_takes_nothing_from_the_others() {
        let [here, there] = [(); 2].map(|()| StockLocationId::new());
        let supply = Supply::Stock(vec![(here, -3), (there, 2)]);
        let stock = VariantStock { parts: vec![SupplyPart { variant_id: VariantId::new(), units: 1, supply }] };
        assert_eq!(stock.available_in(&channel(&[here, there])), 2);
    }

    #[test]
    fn the_scarcest_component_bounds_a_bundle() {
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
