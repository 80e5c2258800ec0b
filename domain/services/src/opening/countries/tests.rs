//! Tests of the file of countries.

use std::collections::HashSet;

use model::tax::{Destination, TaxTable};

use super::*;

const EU: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];
const OTHERS: [&str; 8] = ["AU", "CA", "CH", "GB", "JP", "NO", "NZ", "US"];

fn countries() -> Countries {
    Countries::read().unwrap()
}

fn country(code: &str) -> Country {
    code.parse().unwrap()
}

/// The rate of a shop in `home`, as a percentage.
fn rate(home: &str, to: &str, region: Option<&str>, code: Option<&str>, class: &str) -> String {
    let rules = countries().rules(country(home)).unwrap();
    let destination = Destination { country: country(to), region, postal_code: code };
    let table = TaxTable::new(Vec::new(), rules);
    let found = table.find(destination, class, "2026-12-01T00:00:00Z".parse().unwrap());
    found.map_or_else(|| "none".to_owned(), |rule| rule.rate.to_string())
}

#[test]
fn the_file_contains_every_member_and_the_other_countries_once() {
    let file = countries();
    let codes: Vec<&str> = file.country.iter().map(|found| found.code.code()).collect();
    assert_eq!(codes.iter().collect::<HashSet<_>>().len(), codes.len());
    let members: Vec<&str> = file.country.iter().filter(|found| found.is_eu).map(|found| found.code.code()).collect();
    assert_eq!(members, EU);
    assert!(OTHERS.iter().all(|code| codes.contains(code)));
}

#[test]
fn every_entry_has_a_source_a_date_and_plausible_rates() {
    let file = countries();
    for found in &file.country {
        let code = found.code;
        assert!(found.source.len() > 10 && found.since <= file.checked, "{code}");
        assert_eq!(found.lacks_local_rates, code.code() == "US");
        assert!(!found.rates.is_empty() || !found.region.is_empty(), "{code}");
        assert!(found.rates.is_empty() || found.rates.contains_key(STANDARD_CLASS), "{code}");
        for territory in &found.territory {
            assert!(territory.source.len() > 8 && !territory.ranges().unwrap().is_empty(), "{}", territory.name);
            assert_eq!(territory.rates.is_empty(), territory.is_outside, "{}", territory.name);
        }
        let rates = found.territory.iter().map(|territory| &territory.rates).chain([&found.rates]);
        for (class, rate) in rates.flatten() {
            let most = if class == "super-reduced" { 500 } else { 2_700 };
            assert!(CLASSES.iter().any(|(slug, _)| slug == class), "{code} {class}");
            assert!((0..=most).contains(&rate.basis_points()), "{code} {class}");
            assert!(found.rates[STANDARD_CLASS] >= *rate, "{code} {class}");
        }
        for rule in found.rules().unwrap() {
            assert_eq!(rule.check(), Ok(()), "{rule:?}");
            assert!(rule.rate.basis_points() <= 2_700, "{rule:?}");
        }
    }
}

#[test]
fn every_state_and_province_has_a_rate() {
    for (code, regions) in [("US", 51), ("CA", 13)] {
        let file = countries();
        let found = file.find(country(code)).unwrap();
        let named: HashSet<&str> = found.region.iter().map(|region| region.code.as_str()).collect();
        assert_eq!((found.region.len(), named.len()), (regions, regions), "{code}");
        assert!(named.iter().all(|region| model::is_region_of(country(code), region)), "{code}");
    }
}

#[test]
fn a_member_charges_the_rates_of_all_members() {
    assert_eq!(rate("DE", "DE", None, Some("10115"), "standard"), "19");
    assert_eq!(rate("DE", "DE", None, None, "reduced"), "7");
    assert_eq!(rate("DE", "FI", None, None, "standard"), "25.5");
    assert_eq!(rate("DE", "DK", None, None, "reduced"), "25");
    assert_eq!(rate("DE", "CH", None, None, "standard"), "none");
    assert_eq!(rate("FR", "FR", None, None, "super-reduced"), "2.1");
    assert_eq!(rate("GB", "DE", None, None, "standard"), "none");
    assert_eq!(rate("GB", "GB", None, Some("BT1 1AA"), "zero"), "0");
}

#[test]
fn territories_have_rates_of_their_own() {
    for (home, to, code, class, expected) in [
        ("DE", "DE", "78266", "reduced", "0"),
        ("DE", "DE", "27498", "standard", "0"),
        ("DE", "ES", "35001", "standard", "0"),
        ("DE", "ES", "34999", "standard", "21"),
        ("ES", "ES", "51001", "super-reduced", "0"),
        ("AT", "AT", "6993", "standard", "19"),
        ("PT", "PT", "9700-001", "second-reduced", "9"),
        ("FR", "FR", "97400", "standard", "0"),
        ("FR", "FR", "98000", "standard", "20"),
        ("IT", "IT", "23041", "reduced", "0"),
        ("FI", "FI", "22100", "standard", "0"),
        ("DK", "DK", "3900", "standard", "0"),
    ] {
        assert_eq!(rate(home, to, None, Some(code), class), expected, "{to} {code} {class}");
    }
}

#[test]
fn provinces_add_their_tax_and_keep_the_zero_class() {
    assert_eq!(rate("CA", "CA", Some("QC"), None, "standard"), "14.975");
    assert_eq!(rate("CA", "CA", Some("ON"), None, "zero"), "0");
    assert_eq!(rate("US", "US", Some("CA"), Some("94607"), "standard"), "7.25");
    assert_eq!(rate("US", "US", Some("OR"), None, "standard"), "0");
    let rules = countries().rules(country("CA")).unwrap();
    let quebec = rules.iter().find(|rule| rule.region.as_deref() == Some("QC") && rule.class == STANDARD_CLASS);
    assert_eq!(quebec.map(|rule| (rule.name.as_str(), rule.components.len())), Some(("GST + QST", 2)));
}

#[test]
fn an_unknown_country_has_the_standard_class_and_no_rates() {
    assert_eq!(countries().classes(country("BR")), [("standard", "Standard")]);
    assert!(countries().rules(country("BR")).unwrap().is_empty());
}
