//! A tax rate of a place and a tax class.

use serde::{Deserialize, Serialize};

use super::{Destination, TaxRate};
use crate::{Country, PostalCodeRange, Timestamp, ids::TaxRateId, is_region_of};

/// The largest number of ranges of postal codes of a rate.
pub const MAX_POSTAL_CODES: usize = 100;
/// The largest number of components of a rate.
pub const MAX_COMPONENTS: usize = 10;
/// The largest number of characters of a name.
const MAX_NAME: usize = 100;

/// A tax rate for goods of a class that are sold to a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRule {
    /// Global id.
    pub id: TaxRateId,
    /// Country of the place.
    pub country: Country,
    /// ISO 3166-2 suffix of the state or province; None for the whole country.
    pub region: Option<String>,
    /// Postal codes of the place; empty for the whole country or region.
    pub postal_codes: Vec<PostalCodeRange>,
    /// Slug of the tax class.
    pub class: String,
    /// Name of the tax for shoppers, such as `VAT`.
    pub name: String,
    /// The rate.
    pub rate: TaxRate,
    /// Parts of the rate, such as those of state and county; empty if it has no parts.
    pub components: Vec<TaxComponent>,
    /// Time from which the rate applies; None if it always has.
    pub valid_from: Option<Timestamp>,
}

/// A part of a rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxComponent {
    /// Name for shoppers, such as `California`.
    pub name: String,
    /// The rate of the part.
    pub rate: TaxRate,
}

/// The reason why a rate is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TaxRuleError {
    /// The region is not one of the country.
    #[error("the country has no such region; use the ISO 3166-2 suffix, such as `CA`")]
    Region,
    /// There are too many ranges of postal codes.
    #[error("a rate has at most {MAX_POSTAL_CODES} ranges of postal codes")]
    PostalCodes,
    /// The name is empty or too long.
    #[error("the name of a tax has 1 to {MAX_NAME} characters")]
    Name,
    /// There are too many components.
    #[error("a rate has at most {MAX_COMPONENTS} components")]
    TooManyComponents,
    /// The name of a component is empty or too long.
    #[error("the name of a component has 1 to {MAX_NAME} characters")]
    ComponentName {
        /// Position of the component.
        at: usize,
    },
    /// The components do not add up to the rate.
    #[error("the percentages of the components add up to that of the rate")]
    Components,
}

impl TaxRule {
    /// A rate of a whole country that has always applied.
    #[must_use]
    pub fn new(country: Country, class: &str, name: &str, rate: TaxRate) -> Self {
        Self {
            id: TaxRateId::new(),
            country,
            region: None,
            postal_codes: Vec::new(),
            class: class.to_owned(),
            name: name.to_owned(),
            rate,
            components: Vec::new(),
            valid_from: None,
        }
    }

    /// The rate with region, ranges of postal codes and names in their canonical form, so that equal places are equal.
    #[must_use]
    pub fn normalized(mut self) -> Self {
        self.region = self.region.map(|region| region.trim().to_ascii_uppercase()).filter(|region| !region.is_empty());
        self.postal_codes.sort_by(|a, b| (a.from(), a.to()).cmp(&(b.from(), b.to())));
        self.postal_codes.dedup();
        self.name = self.name.trim().to_owned();
        for component in &mut self.components {
            component.name = component.name.trim().to_owned();
        }
        self
    }

    /// Checks a normalized rate.
    ///
    /// # Errors
    /// [`TaxRuleError`] for the first part that is invalid.
    pub fn check(&self) -> Result<(), TaxRuleError> {
        if self.region.as_deref().is_some_and(|region| !is_region_of(self.country, region)) {
            return Err(TaxRuleError::Region);
        }
        if self.postal_codes.len() > MAX_POSTAL_CODES {
            return Err(TaxRuleError::PostalCodes);
        }
        if !is_name(&self.name) {
            return Err(TaxRuleError::Name);
        }
        if self.components.len() > MAX_COMPONENTS {
            return Err(TaxRuleError::TooManyComponents);
        }
        if let Some(at) = self.components.iter().position(|component| !is_name(&component.name)) {
            return Err(TaxRuleError::ComponentName { at });
        }
        let sum = TaxRate::sum(self.components.iter().map(|component| component.rate));
        if self.components.is_empty() || sum == Ok(self.rate) { Ok(()) } else { Err(TaxRuleError::Components) }
    }

    /// True if both rates are of the same place, class and start, so that one replaces the other.
    #[must_use]
    pub fn replaces(&self, other: &Self) -> bool {
        let slot = |rule: &Self| (rule.country, rule.valid_from);
        slot(self) == slot(other)
            && self.region == other.region
            && self.postal_codes == other.postal_codes
            && self.class == other.class
    }

    /// True if the rate has begun to apply.
    #[must_use]
    pub fn has_begun(&self, now: Timestamp) -> bool {
        self.valid_from.is_none_or(|from| from <= now)
    }

    /// The precision with which the rate names the destination; None if the destination is elsewhere. `postal_code` is the
    /// destination's in the form of [`PostalCodeRange::normalize`].
    pub(super) fn precision(&self, destination: Destination<'_>, postal_code: Option<&str>) -> Option<Precision<'_>> {
        if self.country != destination.country {
            return None;
        }
        if let Some(region) = &self.region {
            destination.region.filter(|other| region.eq_ignore_ascii_case(other))?;
        }
        if self.postal_codes.is_empty() {
            return Some(Precision { range: None, has_region: self.region.is_some() });
        }
        let code = postal_code?;
        let ranges = self.postal_codes.iter().filter(|range| range.covers(code));
        let range = ranges.map(|range| (range.from().len(), range.from(), std::cmp::Reverse(range.to()))).max()?;
        Some(Precision { range: Some(range), has_region: self.region.is_some() })
    }
}

/// Orders places of one destination by how precisely they name it: postal codes before regions before countries. Of two
/// ranges the one with longer bounds is more precise, then the one that begins later, then the one that ends earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Precision<'a> {
    range: Option<(usize, &'a str, std::cmp::Reverse<&'a str>)>,
    has_region: bool,
}

fn is_name(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(percent: &str) -> TaxRate {
        percent.parse().unwrap()
    }

    fn california() -> TaxRule {
        let component = |name: &str, percent| TaxComponent { name: name.to_owned(), rate: rate(percent) };
        TaxRule {
            region: Some("CA".to_owned()),
            components: vec![component("State", "6"), component("County", "1.25")],
            ..TaxRule::new("US".parse().unwrap(), "standard", "Sales tax", rate("7.25"))
        }
    }

    #[test]
    fn equal_places_are_equal_after_normalizing() {
        let range = |from, to| PostalCodeRange::parse(from, to).unwrap();
        let one = TaxRule {
            region: Some(" ca ".to_owned()),
            postal_codes: vec![range("94000", "94199"), range("90000", "90099"), range("90000", "90099")],
            ..california()
        };
        let other = TaxRule { postal_codes: vec![range("90000", "90099"), range("94000", "94199")], ..california() };
        assert!(!one.replaces(&other) && one.normalized().replaces(&other));
        let later = TaxRule { valid_from: Some(Timestamp::UNIX_EPOCH), ..other.clone() };
        assert!(!later.replaces(&other));
    }

    #[test]
    fn components_add_up_to_the_rate() {
        assert_eq!(california().check(), Ok(()));
        assert_eq!(TaxRule { rate: rate("7.26"), ..california() }.check(), Err(TaxRuleError::Components));
        assert_eq!(TaxRule { components: Vec::new(), ..california() }.check(), Ok(()));
        let mut nameless = california();
        nameless.components[1].name.clear();
        assert_eq!(nameless.check(), Err(TaxRuleError::ComponentName { at: 1 }));
    }

    #[test]
    fn a_rate_names_a_region_of_its_country() {
        assert_eq!(TaxRule { region: Some("ZZ".to_owned()), ..california() }.check(), Err(TaxRuleError::Region));
        assert_eq!(TaxRule { name: String::new(), ..california() }.check(), Err(TaxRuleError::Name));
        let many = vec![PostalCodeRange::parse("1", "2").unwrap(); MAX_POSTAL_CODES + 1];
        assert_eq!(TaxRule { postal_codes: many, ..california() }.check(), Err(TaxRuleError::PostalCodes));
    }
}
