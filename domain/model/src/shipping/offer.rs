//! The delivery methods that a cart can choose from.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{DeliveryMethod, DeliveryZone, Freight, Precision};
use crate::{
    Currency,
    channels::Channel,
    ids::{ChannelId, DeliveryZoneId, StockLocationId, VariantId},
    tax::Destination,
};

/// Units in stock at the locations where shoppers pick goods up; missing ones are not checked.
pub type PickupStock = HashMap<(StockLocationId, VariantId), i64>;

/// The goods to deliver and their destination.
#[derive(Debug, Clone)]
pub struct Delivered<'a> {
    /// Channel that sells the goods.
    pub channel: &'a Channel,
    /// Currency of the cart.
    pub currency: Currency,
    /// Destination of the goods.
    pub destination: Destination<'a>,
    /// Weight and number of the goods.
    pub freight: Freight,
    /// Delivery profiles of the goods.
    pub profiles: BTreeSet<&'a str>,
    /// Units of each variant that are taken from stock.
    pub needs: BTreeMap<VariantId, i64>,
    /// Stock for pickup.
    pub stock: &'a PickupStock,
}

/// The methods that a cart can choose from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offers<'a> {
    /// Methods in display order.
    pub methods: Vec<&'a DeliveryMethod>,
    /// The reason why there is none.
    pub gap: Option<Gap>,
}

/// The reason why no method is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// The channel does not deliver to the place.
    Place,
    /// The region or postal code that decides is not known yet.
    Address,
    /// The channel delivers to the place, but no method carries all of the goods.
    Goods,
}

/// The methods for these goods. Of several methods with the same handle the one of the most precise zone counts, even if
/// it does not carry the goods: it replaces the others there.
#[must_use]
pub fn offers<'a>(zones: &[DeliveryZone], methods: &'a [DeliveryMethod], of: &Delivered<'_>) -> Offers<'a> {
    let there = at_place(zones, methods, of.channel.id, of.currency, of.destination);
    if there.is_empty() {
        let mut of_channel = methods.iter().filter(|method| is_sold(method, of.channel.id, of.currency));
        let may_serve = |method: &DeliveryMethod| {
            zones.iter().any(|zone| zone.id == method.zone && zone.may_contain(of.destination))
        };
        let is_open = of_channel.any(may_serve);
        let gap = if is_open { Gap::Address } else { Gap::Place };
        return Offers { methods: Vec::new(), gap: Some(gap) };
    }
    let methods: Vec<&DeliveryMethod> = most_precise(&there).into_iter().filter(|method| of.fits(method)).collect();
    let gap = methods.is_empty().then_some(Gap::Goods);
    Offers { methods, gap }
}

/// The method of a handle that delivers to a place, whatever goods it carries; None if there is none.
#[must_use]
pub fn method_at<'a>(
    zones: &[DeliveryZone],
    methods: &'a [DeliveryMethod],
    channel: ChannelId,
    currency: Currency,
    handle: &str,
    destination: Destination<'_>,
) -> Option<&'a DeliveryMethod> {
    let there = at_place(zones, methods, channel, currency, destination);
    most_precise(&there).into_iter().find(|method| method.handle == handle)
}

/// The methods that deliver to a place, with the precision of their zones.
fn at_place<'a>(
    zones: &[DeliveryZone],
    methods: &'a [DeliveryMethod],
    channel: ChannelId,
    currency: Currency,
    destination: Destination<'_>,
) -> Vec<(&'a DeliveryMethod, Precision)> {
    let serving = zones.iter().filter(|zone| zone.contains(destination));
    let serving: HashMap<DeliveryZoneId, Precision> = serving.map(|zone| (zone.id, zone.precision())).collect();
    let of_channel = methods.iter().filter(|method| is_sold(method, channel, currency));
    of_channel.filter_map(|method| Some((method, *serving.get(&method.zone)?))).collect()
}

fn is_sold(method: &DeliveryMethod, channel: ChannelId, currency: Currency) -> bool {
    method.channel == channel && method.currency == currency && method.archived_at.is_none()
}

/// One method of each handle, in the order of the list.
fn most_precise<'a>(there: &[(&'a DeliveryMethod, Precision)]) -> Vec<&'a DeliveryMethod> {
    let mut best: HashMap<&str, Precision> = HashMap::new();
    for (method, precision) in there {
        let known = best.entry(method.handle.as_str()).or_insert(*precision);
        *known = (*known).max(*precision);
    }
    let mut taken = HashSet::new();
    let is_best = |(method, precision): &&(&'a DeliveryMethod, Precision)| {
        best.get(method.handle.as_str()) == Some(precision) && taken.insert(method.handle.as_str())
    };
    there.iter().filter(is_best).map(|(method, _)| *method).collect()
}

impl Delivered<'_> {
    /// True if the method carries all of the goods.
    fn fits(&self, method: &DeliveryMethod) -> bool {
        self.profiles.iter().all(|profile| method.carries(profile))
            && method.price.carries(self.freight)
            && method.pickup_at.is_none_or(|location| self.is_in_stock_at(location))
    }

    /// True if a location of the channel has all of the goods.
    fn is_in_stock_at(&self, location: StockLocationId) -> bool {
        let has = |(variant, wanted): (&VariantId, &i64)| {
            self.stock.get(&(location, *variant)).is_none_or(|available| available >= wanted)
        };
        self.channel.locations.contains(&location) && self.needs.iter().all(has)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Money, PostalCodeRange, fixtures, shipping::STANDARD_PROFILE};

    fn zone(ranges: &[(&str, &str)]) -> DeliveryZone {
        let postal_codes = ranges.iter().map(|(from, to)| PostalCodeRange::parse(from, to).unwrap()).collect();
        DeliveryZone { postal_codes, ..fixtures::delivery_zone(vec!["DE".parse().unwrap()]) }
    }

    struct Shop {
        channel: Channel,
        zones: Vec<DeliveryZone>,
        methods: Vec<DeliveryMethod>,
        stock: PickupStock,
    }

    impl Shop {
        fn new(zones: Vec<DeliveryZone>) -> Self {
            let channel =
                Channel { locations: vec![StockLocationId::new()], ..fixtures::channel("eu".parse().unwrap()) };
            Self { channel, zones, methods: Vec::new(), stock: HashMap::new() }
        }

        fn add(&mut self, zone: usize, handle: &str, minor: i64, change: impl FnOnce(&mut DeliveryMethod)) {
            let price = Money::new(minor, Currency::EUR);
            let mut method = fixtures::delivery_method(self.channel.id, self.zones[zone].id, handle, price);
            change(&mut method);
            self.methods.push(method);
        }

        fn delivered<'a>(&'a self, country: &str, postal_code: Option<&'a str>) -> Delivered<'a> {
            Delivered {
                channel: &self.channel,
                currency: Currency::EUR,
                destination: Destination { country: country.parse().unwrap(), region: None, postal_code },
                freight: Freight { grams: 1_000, units: 1 },
                profiles: BTreeSet::from([STANDARD_PROFILE]),
                needs: BTreeMap::new(),
                stock: &self.stock,
            }
        }

        fn offered(&self, of: &Delivered<'_>) -> Vec<(String, i64)> {
            let offers = offers(&self.zones, &self.methods, of);
            let price =
                |method: &&DeliveryMethod| method.price_for(Money::zero(Currency::EUR), of.freight).unwrap().minor;
            offers.methods.iter().map(|method| (method.handle.clone(), price(method))).collect()
        }
    }

    fn all(list: &[(&str, i64)]) -> Vec<(String, i64)> {
        list.iter().map(|(handle, minor)| ((*handle).to_owned(), *minor)).collect()
    }

    #[test]
    fn the_most_precise_zone_of_each_handle_counts() {
        let mut shop = Shop::new(vec![zone(&[]), zone(&[("18565", "18565"), ("25849", "25999")])]);
        shop.add(0, "standard", 490, |_| ());
        shop.add(0, "express", 1_290, |_| ());
        shop.add(1, "standard", 1_490, |_| ());
        assert_eq!(shop.offered(&shop.delivered("DE", Some("10115"))), all(&[("standard", 490), ("express", 1_290)]));
        let island = shop.offered(&shop.delivered("DE", Some("25980")));
        assert_eq!(island, all(&[("express", 1_290), ("standard", 1_490)]));
        assert_eq!(shop.offered(&shop.delivered("DE", None)), all(&[("standard", 490), ("express", 1_290)]));
        let standard_to = |code| {
            let destination = shop.delivered("DE", code).destination;
            let (channel, currency) = (shop.channel.id, Currency::EUR);
            method_at(&shop.zones, &shop.methods, channel, currency, "standard", destination).map(|found| found.zone)
        };
        assert_eq!(standard_to(Some("10115")), Some(shop.zones[0].id));
        assert_eq!(standard_to(Some("25980")), Some(shop.zones[1].id));
    }

    #[test]
    fn a_gap_names_its_reason() {
        let mut shop = Shop::new(vec![zone(&[("10115", "14199")])]);
        shop.add(0, "courier", 900, |method| method.profiles = vec!["fragile".parse().unwrap()]);
        let gap = |of: &Delivered<'_>| offers(&shop.zones, &shop.methods, of).gap;
        assert_eq!(gap(&shop.delivered("FR", None)), Some(Gap::Place));
        assert_eq!(gap(&shop.delivered("DE", Some("80331"))), Some(Gap::Place));
        assert_eq!(gap(&shop.delivered("DE", None)), Some(Gap::Address));
        assert_eq!(gap(&shop.delivered("DE", Some("10115"))), Some(Gap::Goods));
        let fragile = Delivered { profiles: BTreeSet::from(["fragile"]), ..shop.delivered("DE", Some("10115")) };
        assert_eq!(gap(&fragile), None);
    }

    #[test]
    fn a_method_carries_all_profiles_of_a_cart_or_is_not_offered() {
        let mut shop = Shop::new(vec![zone(&[])]);
        shop.add(0, "letter", 150, |_| ());
        let both = |method: &mut DeliveryMethod| {
            method.profiles = vec!["standard".parse().unwrap(), "bulky".parse().unwrap()];
        };
        shop.add(0, "freight", 4_900, both);
        let offered = |profiles: &[&'static str]| {
            let profiles = profiles.iter().copied().collect();
            shop.offered(&Delivered { profiles, ..shop.delivered("DE", None) })
        };
        assert_eq!(offered(&["standard"]), all(&[("letter", 150), ("freight", 4_900)]));
        assert_eq!(offered(&["bulky"]), all(&[("freight", 4_900)]));
        assert_eq!(offered(&["standard", "bulky"]), all(&[("freight", 4_900)]));
    }

    #[test]
    fn pickup_is_offered_only_where_all_goods_are_in_stock() {
        let mut shop = Shop::new(vec![zone(&[])]);
        let (here, elsewhere) = (shop.channel.locations[0], StockLocationId::new());
        shop.add(0, "pickup", 0, |method| method.pickup_at = Some(here));
        shop.add(0, "far", 0, |method| method.pickup_at = Some(elsewhere));
        let [tee, mug] = [VariantId::new(), VariantId::new()];
        shop.stock.extend([((here, tee), 2), ((here, mug), 1), ((elsewhere, tee), 9)]);
        let offered = |needs: &[(VariantId, i64)]| {
            let needs = needs.iter().copied().collect();
            shop.offered(&Delivered { needs, ..shop.delivered("DE", None) })
        };
        assert_eq!(offered(&[(tee, 2), (mug, 1)]), all(&[("pickup", 0)]));
        assert_eq!(offered(&[(tee, 3)]), []);
        assert_eq!(offered(&[(tee, 1), (mug, 2)]), []);
        assert_eq!(offered(&[(VariantId::new(), 5)]), all(&[("pickup", 0)]), "an item that never runs out");
    }

    #[test]
    fn archived_methods_and_those_of_other_channels_and_currencies_are_not_offered() {
        let mut shop = Shop::new(vec![zone(&[])]);
        shop.add(0, "archived", 1, |method| method.archived_at = Some(crate::Timestamp::UNIX_EPOCH));
        shop.add(0, "elsewhere", 1, |method| method.channel = crate::ids::ChannelId::new());
        shop.add(0, "dollars", 1, |method| method.currency = Currency::USD);
        assert_eq!(offers(&shop.zones, &shop.methods, &shop.delivered("DE", None)).gap, Some(Gap::Place));
    }

    proptest! {
        /// Compared with a search through all methods.
        #[test]
        fn each_handle_is_offered_once_by_a_zone_that_contains_the_destination(
            rows in prop::collection::vec((0_usize..4, 0_usize..3), 0..12), code in 10_000_u32..10_040,
        ) {
            let ranges = [("10000", "10019"), ("10010", "10029"), ("10030", "10039")];
            let mut zones = vec![zone(&[])];
            zones.extend(ranges.map(|range| zone(&[range])));
            let mut shop = Shop::new(zones);
            for (at, handle) in &rows {
                shop.add(*at, ["a", "b", "c"][*handle], 100, |_| ());
            }
            let code = code.to_string();
            let of = shop.delivered("DE", Some(&code));
            let found = offers(&shop.zones, &shop.methods, &of).methods;
            let zone_of = |method: &DeliveryMethod| shop.zones.iter().find(|zone| zone.id == method.zone).unwrap();
            for handle in ["a", "b", "c"] {
                let named: Vec<_> = shop.methods.iter().filter(|method| method.handle == handle).collect();
                let serving = named.iter().filter(|method| zone_of(method).contains(of.destination));
                let best = serving.map(|method| zone_of(method).precision()).max();
                let offered: Vec<_> = found.iter().filter(|method| method.handle == handle).collect();
                prop_assert_eq!(offered.len(), usize::from(best.is_some()));
                prop_assert_eq!(offered.first().map(|method| zone_of(method).precision()), best);
            }
        }
    }
}
