//! All tax classes and rates of a shop.

use super::{Destination, STANDARD_CLASS, TaxClass, TaxRule};
use crate::{Country, PostalCodeRange, Timestamp};

/// All tax classes and rates of the shop, including those that apply only later.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaxTable {
    /// Sorted by slug.
    classes: Vec<TaxClass>,
    /// Sorted by country.
    rules: Vec<TaxRule>,
}

impl TaxTable {
    /// A table of these classes and rates, in any order.
    #[must_use]
    pub fn new(mut classes: Vec<TaxClass>, mut rules: Vec<TaxRule>) -> Self {
        classes.sort_by(|a, b| a.slug.cmp(&b.slug));
        rules.sort_by(|a, b| (a.country.code(), a.id).cmp(&(b.country.code(), b.id)));
        Self { classes, rules }
    }

    /// The classes by slug.
    #[must_use]
    pub fn classes(&self) -> &[TaxClass] {
        &self.classes
    }

    /// The rates by country.
    #[must_use]
    pub fn rules(&self) -> &[TaxRule] {
        &self.rules
    }

    /// The class with a slug.
    #[must_use]
    pub fn class(&self, slug: &str) -> Option<&TaxClass> {
        self.classes.iter().find(|class| class.slug.as_str() == slug)
    }

    /// True if the class is the standard one or exists.
    #[must_use]
    pub fn has_class(&self, slug: &str) -> bool {
        slug == STANDARD_CLASS || self.class(slug).is_some()
    }

    /// The rate of a class at a destination; None if none is configured.
    ///
    /// The most precise place decides: postal codes before regions before countries. Within a place, the rate of the class
    /// is preferred to that of the standard class. Of rates of one place and class, the one that began last applies.
    #[must_use]
    pub fn find(&self, destination: Destination<'_>, class: &str, now: Timestamp) -> Option<&TaxRule> {
        let postal_code = destination.postal_code.map(PostalCodeRange::normalize);
        let is_meant = |rule: &&TaxRule| (rule.class == class || rule.class == STANDARD_CLASS) && rule.has_begun(now);
        let matches = self.of_country(destination.country).iter().filter(is_meant).filter_map(|rule| {
            let precision = rule.precision(destination, postal_code.as_deref())?;
            Some(((precision, rule.class == class, rule.valid_from, rule.id), rule))
        });
        matches.max_by_key(|(rank, _)| *rank).map(|(_, rule)| rule)
    }

    fn of_country(&self, country: Country) -> &[TaxRule] {
        let start = self.rules.partition_point(|rule| rule.country.code() < country.code());
        let rest = self.rules.get(start..).unwrap_or_default();
        let end = rest.partition_point(|rule| rule.country == country);
        rest.get(..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{ids::TaxClassId, tax::TaxRate};

    fn now() -> Timestamp {
        "2026-07-01T00:00:00Z".parse().unwrap()
    }

    fn rule(country: &str, region: Option<&str>, class: &str, percent: &str) -> TaxRule {
        let rule = TaxRule::new(country.parse().unwrap(), class, "VAT", percent.parse().unwrap());
        TaxRule { region: region.map(str::to_owned), ..rule }
    }

    fn at(ranges: &[(&str, &str)], rule: TaxRule) -> TaxRule {
        let range = |(from, to): &(&str, &str)| PostalCodeRange::parse(from, to).unwrap();
        TaxRule { postal_codes: ranges.iter().map(range).collect(), ..rule }
    }

    fn table(rules: Vec<TaxRule>) -> TaxTable {
        let class = |slug: &str| TaxClass { id: TaxClassId::new(), slug: slug.parse().unwrap(), name: slug.to_owned() };
        TaxTable::new(vec![class("standard"), class("books")], rules)
    }

    fn percent(table: &TaxTable, country: &str, region: Option<&str>, code: Option<&str>, class: &str) -> String {
        let destination = Destination { country: country.parse().unwrap(), region, postal_code: code };
        table.find(destination, class, now()).map_or("none".to_owned(), |rule| rule.rate.to_string())
    }

    #[test]
    fn the_most_precise_place_decides_then_the_class() {
        let table = table(vec![
            rule("DE", None, "standard", "19"),
            rule("DE", None, "books", "7"),
            rule("FR", None, "standard", "20"),
            rule("US", None, "books", "1"),
            rule("US", Some("CA"), "standard", "7.25"),
            at(&[("94102", "94199")], rule("US", Some("CA"), "standard", "8.625")),
            at(&[("35000", "35999"), ("38000", "38999")], rule("ES", None, "standard", "0")),
            rule("ES", None, "standard", "21"),
            rule("ES", None, "books", "4"),
        ]);
        for (country, region, code, class, expected) in [
            ("DE", None, None, "books", "7"),
            ("DE", Some("BE"), Some("10115"), "standard", "19"),
            ("FR", None, None, "books", "20"),
            ("US", Some("ca"), None, "books", "7.25"),
            ("US", Some("CA"), Some("94110-1234"), "standard", "8.625"),
            ("US", Some("CA"), Some("90210"), "standard", "7.25"),
            ("US", Some("OR"), None, "books", "1"),
            ("US", Some("OR"), None, "standard", "none"),
            ("ES", None, Some("35 001"), "books", "0"),
            ("ES", None, Some("28001"), "books", "4"),
            ("ES", None, None, "standard", "21"),
            ("CH", None, None, "standard", "none"),
        ] {
            assert_eq!(
                percent(&table, country, region, code, class),
                expected,
                "{country} {region:?} {code:?} {class}"
            );
        }
    }

    #[test]
    fn of_two_ranges_the_narrower_one_decides() {
        let table = table(vec![
            at(&[("10", "19")], rule("US", None, "standard", "1")),
            at(&[("10000", "10999")], rule("US", None, "standard", "2")),
            at(&[("10100", "10199")], rule("US", None, "standard", "3")),
            at(&[("10100", "10150")], rule("US", None, "standard", "4")),
        ]);
        for (code, expected) in [("12000", "1"), ("10001", "2"), ("10199", "3"), ("10110", "4")] {
            assert_eq!(percent(&table, "US", None, Some(code), "standard"), expected, "{code}");
        }
    }

    #[test]
    fn a_rate_applies_from_the_moment_it_begins() {
        let from = |time: &str, percent| TaxRule {
            valid_from: Some(time.parse().unwrap()),
            ..rule("DE", None, "standard", percent)
        };
        let table = table(vec![
            from("2026-07-01T00:00:00Z", "16"),
            rule("DE", None, "standard", "19"),
            from("2027-01-01T00:00:00Z", "20"),
        ]);
        let destination = Destination { country: "DE".parse().unwrap(), region: None, postal_code: None };
        for (time, expected) in [
            ("2020-01-01T00:00:00Z", "19"),
            ("2026-06-30T23:59:59.999Z", "19"),
            ("2026-07-01T00:00:00Z", "16"),
            ("2027-01-01T00:00:00Z", "20"),
        ] {
            let found = table.find(destination, "standard", time.parse().unwrap()).unwrap();
            assert_eq!(found.rate.to_string(), expected, "{time}");
        }
    }

    #[test]
    fn only_the_standard_class_and_stored_classes_exist() {
        let table = table(vec![rule("DE", None, "toys", "7")]);
        for (class, is_known) in [("standard", true), ("books", true), ("toys", false), ("Books", false), ("", false)] {
            assert_eq!(table.has_class(class), is_known, "{class}");
        }
        assert!(TaxTable::default().has_class("standard"));
    }

    fn any_rule() -> impl Strategy<Value = TaxRule> {
        let country = prop::sample::select(vec!["DE", "US", "ES"]);
        let region = prop::option::of(prop::sample::select(vec!["CA", "NY"]));
        let code = prop::option::of((0_u32..40, 0_u32..10));
        let class = prop::sample::select(vec!["standard", "books"]);
        let from = prop::option::of(0_i64..4);
        (country, region, code, class, from, 0_i64..=10_000).prop_map(|(country, region, code, class, from, points)| {
            let postal_codes = code
                .map(|(start, width)| {
                    PostalCodeRange::parse(&format!("{start:02}"), &format!("{:02}", start + width)).unwrap()
                })
                .into_iter()
                .collect();
            TaxRule {
                region: region.map(str::to_owned),
                postal_codes,
                valid_from: from.map(|days| now() + chrono::TimeDelta::days(days - 2)),
                rate: TaxRate::from_basis_points(points),
                ..TaxRule::new(country.parse().unwrap(), class, "VAT", TaxRate::ZERO)
            }
        })
    }

    proptest! {
        #[test]
        fn the_order_of_rates_does_not_matter(rules in prop::collection::vec(any_rule(), 0..20), code in 0_u32..50) {
            let code = format!("{code:02}");
            let mut reversed = rules.clone();
            reversed.reverse();
            let (one, other) = (table(rules), table(reversed));
            for country in ["DE", "US", "ES", "FR"] {
                for class in ["standard", "books", "toys"] {
                    let destination =
                        Destination { country: country.parse().unwrap(), region: Some("CA"), postal_code: Some(&code) };
                    let found = one.find(destination, class, now());
                    prop_assert_eq!(found, other.find(destination, class, now()));
                    if let Some(rule) = found {
                        prop_assert!(rule.has_begun(now()) && rule.region.as_deref().is_none_or(|region| region == "CA"));
                        prop_assert!(rule.class == class || rule.class == "standard");
                        let is_inside = rule.postal_codes.iter().any(|range| range.contains(&code));
                        prop_assert!(rule.postal_codes.is_empty() || is_inside);
                    }
                }
            }
        }
    }
}
