//! Delivery zones: the places that share delivery methods.

use std::collections::HashSet;
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use crate::{Country, PostalCodeRange, ids::DeliveryZoneId, is_name, is_region_of, tax::Destination};

/// The largest number of regions of a zone.
const MAX_REGIONS: usize = 100;
/// The largest number of postal code ranges of a zone.
const MAX_RANGES: usize = 500;

/// Places that share delivery methods: whole countries, or the regions and postal codes of one country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryZone {
    /// Global id.
    pub id: DeliveryZoneId,
    /// Number of writes, starting at 1.
    pub version: i32,
    /// Name for staff, unique in the shop.
    pub name: String,
    /// Countries of the zone; at least one.
    pub countries: Vec<Country>,
    /// ISO 3166-2 suffixes of the country's regions that belong to the zone; empty for all of them.
    pub regions: Vec<String>,
    /// Ranges of the country's postal codes that belong to the zone; empty for all of them.
    pub postal_codes: Vec<PostalCodeRange>,
}

/// The precision with which a zone describes its places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// By country.
    Country,
    /// By country and region.
    Region,
    /// By country and postal code.
    PostalCode,
}

/// The rule that a zone breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryZoneError {
    /// The name is empty or too long.
    #[error("a name has 1 to 200 characters")]
    Name,
    /// The countries are empty, too many, or not distinct.
    #[error("a zone has 1 to 250 countries, each only once")]
    Countries,
    /// Regions or postal codes of several countries cannot be told apart.
    #[error("a zone with regions or postal codes has exactly one country")]
    OneCountry,
    /// The regions are too many or not distinct.
    #[error("a zone has at most 100 regions, each only once")]
    Regions,
    /// The country has no such region.
    #[error("the country has no such region")]
    UnknownRegion {
        /// Index of the region.
        at: usize,
    },
    /// The ranges of postal codes are too many.
    #[error("a zone has at most 500 ranges of postal codes")]
    PostalCodes,
}

impl DeliveryZone {
    /// Checks the zone.
    ///
    /// # Errors
    /// The first rule that the zone breaks.
    pub fn check(&self) -> Result<(), DeliveryZoneError> {
        let is_whole = self.regions.is_empty() && self.postal_codes.is_empty();
        let rules = [
            (is_name(&self.name), DeliveryZoneError::Name),
            (are_distinct(&self.countries, 1, 250), DeliveryZoneError::Countries),
            (is_whole || self.countries.len() == 1, DeliveryZoneError::OneCountry),
            (are_distinct(&self.regions, 0, MAX_REGIONS), DeliveryZoneError::Regions),
            (self.postal_codes.len() <= MAX_RANGES, DeliveryZoneError::PostalCodes),
        ];
        if let Some((_, broken)) = rules.into_iter().find(|(holds, _)| !holds) {
            return Err(broken);
        }
        let unknown = |region: &String| self.countries.iter().any(|country| !is_region_of(*country, region));
        self.regions.iter().position(unknown).map_or(Ok(()), |at| Err(DeliveryZoneError::UnknownRegion { at }))
    }

    /// The precision with which the zone describes its places.
    #[must_use]
    pub const fn precision(&self) -> Precision {
        match (self.postal_codes.is_empty(), self.regions.is_empty()) {
            (false, _) => Precision::PostalCode,
            (true, false) => Precision::Region,
            (true, true) => Precision::Country,
        }
    }

    /// True if the zone contains the destination. A zone with regions or postal codes contains no destination of which
    /// they are not known.
    #[must_use]
    pub fn contains(&self, destination: Destination<'_>) -> bool {
        let is_in_region = |region: &str| self.regions.iter().any(|known| known.as_str().eq_ignore_ascii_case(region));
        let is_in_range = |code: &str| self.postal_codes.iter().any(|range| range.contains(code));
        self.countries.contains(&destination.country)
            && (self.regions.is_empty() || destination.region.is_some_and(is_in_region))
            && (self.postal_codes.is_empty() || destination.postal_code.is_some_and(is_in_range))
    }

    /// True if an address in the destination's country could be in the zone, but the region or postal code that decides
    /// is not known yet.
    #[must_use]
    pub fn may_contain(&self, destination: Destination<'_>) -> bool {
        let is_unknown = (!self.regions.is_empty() && destination.region.is_none())
            || (!self.postal_codes.is_empty() && destination.postal_code.is_none());
        self.countries.contains(&destination.country) && is_unknown
    }
}

fn are_distinct<T: Eq + Hash>(list: &[T], min: usize, max: usize) -> bool {
    (min..=max).contains(&list.len()) && list.iter().collect::<HashSet<_>>().len() == list.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(countries: &[&str], regions: &[&str], ranges: &[(&str, &str)]) -> DeliveryZone {
        DeliveryZone {
            id: DeliveryZoneId::new(),
            version: 1,
            name: "Zone".to_owned(),
            countries: countries.iter().map(|code| code.parse().unwrap()).collect(),
            regions: regions.iter().map(|region| (*region).to_owned()).collect(),
            postal_codes: ranges.iter().map(|(from, to)| PostalCodeRange::parse(from, to).unwrap()).collect(),
        }
    }

    fn to<'a>(country: &str, region: Option<&'a str>, postal_code: Option<&'a str>) -> Destination<'a> {
        Destination { country: country.parse().unwrap(), region, postal_code }
    }

    #[test]
    fn a_zone_contains_the_places_of_its_countries_regions_and_postal_codes() {
        let west = zone(&["US"], &["CA", "OR"], &[]);
        let berlin = zone(&["DE"], &[], &[("10115", "14199")]);
        let north = zone(&["GB"], &[], &[("BT", "BT")]);
        for (zone, destination, is_inside) in [
            (&zone(&["DE", "AT"], &[], &[]), to("AT", None, None), true),
            (&zone(&["DE", "AT"], &[], &[]), to("CH", None, Some("10115")), false),
            (&west, to("US", Some("ca"), Some("94103")), true),
            (&west, to("US", Some("NY"), Some("94103")), false),
            (&west, to("US", None, None), false),
            (&berlin, to("DE", None, Some("10115")), true),
            (&berlin, to("DE", None, Some("14199")), true),
            (&berlin, to("DE", None, Some("80331")), false),
            (&berlin, to("DE", None, None), false),
            (&berlin, to("FR", None, Some("10115")), false),
            (&north, to("GB", None, Some("bt1 1aa")), true),
            (&north, to("GB", None, Some("SW1A 1AA")), false),
        ] {
            assert_eq!(zone.contains(destination), is_inside, "{zone:?} {destination:?}");
        }
    }

    #[test]
    fn a_zone_may_contain_an_address_that_is_not_known_yet() {
        let berlin = zone(&["DE"], &[], &[("10115", "14199")]);
        assert!(berlin.may_contain(to("DE", None, None)));
        assert!(!berlin.may_contain(to("DE", None, Some("80331"))));
        assert!(!berlin.may_contain(to("FR", None, None)));
        assert!(zone(&["US"], &["CA"], &[]).may_contain(to("US", None, Some("94103"))));
        assert!(!zone(&["DE"], &[], &[]).may_contain(to("DE", None, None)));
    }

    #[test]
    fn zones_are_checked() {
        let many: Vec<(&str, &str)> = vec![("1", "2"); 501];
        for (zone, expected) in [
            (zone(&["DE", "FR"], &[], &[]), Ok(())),
            (zone(&["US"], &["CA"], &[("94000", "95999")]), Ok(())),
            (zone(&[], &[], &[]), Err(DeliveryZoneError::Countries)),
            (zone(&["DE", "DE"], &[], &[]), Err(DeliveryZoneError::Countries)),
            (zone(&["US", "CA"], &["CA"], &[]), Err(DeliveryZoneError::OneCountry)),
            (zone(&["US", "CA"], &[], &[("9", "9")]), Err(DeliveryZoneError::OneCountry)),
            (zone(&["US"], &["CA", "CA"], &[]), Err(DeliveryZoneError::Regions)),
            (zone(&["US"], &["CA", "XX"], &[]), Err(DeliveryZoneError::UnknownRegion { at: 1 })),
            (zone(&["DE"], &[], &many), Err(DeliveryZoneError::PostalCodes)),
            (DeliveryZone { name: " ".to_owned(), ..zone(&["DE"], &[], &[]) }, Err(DeliveryZoneError::Name)),
        ] {
            assert_eq!(zone.check(), expected, "{:?} {:?}", zone.countries, zone.regions);
        }
    }
}
