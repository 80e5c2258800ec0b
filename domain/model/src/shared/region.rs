//! ISO 3166-2 suffixes of states and provinces, for countries whose taxes and addresses depend on them.

use super::country::Country;

/// States, the federal district, territories, and the armed forces regions of the postal service.
const US: &[&str] = &[
    "AA", "AE", "AK", "AL", "AP", "AR", "AS", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "GU", "HI", "IA", "ID",
    "IL", "IN", "KS", "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MP", "MS", "MT", "NC", "ND", "NE", "NH", "NJ",
    "NM", "NV", "NY", "OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UM", "UT", "VA", "VI", "VT", "WA",
    "WI", "WV", "WY",
];
const CA: &[&str] = &["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"];
const AU: &[&str] = &["ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA"];

/// True if an address of the country may have this region. Countries with a list require one of its regions;
/// elsewhere the region is optional and only its form is checked.
pub(super) fn is_region_valid(country: Country, region: Option<&str>) -> bool {
    let known = match country.code() {
        "US" => US,
        "CA" => CA,
        "AU" => AU,
        _ => return region.is_none_or(is_suffix),
    };
    region.is_some_and(|region| known.contains(&region))
}

/// True if the region is the ISO 3166-2 suffix of a state or province of the country; where the list is not known, if it
/// has the form of one.
#[must_use]
pub fn is_region_of(country: Country, region: &str) -> bool {
    is_region_valid(country, Some(region))
}

fn is_suffix(region: &str) -> bool {
    (1..=3).contains(&region.len()) && region.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_suffixes_are_valid_regions() {
        let is_valid = |country: &str, region| is_region_valid(country.parse().unwrap(), region);
        for (country, region) in [("US", "CA"), ("US", "PR"), ("US", "AE"), ("CA", "QC"), ("AU", "NSW"), ("DE", "BE")] {
            assert!(is_valid(country, Some(region)), "{country} {region}");
        }
        for (country, region) in [("US", "California"), ("US", "ZZ"), ("US", "ca"), ("CA", "CA"), ("DE", "Berlin")] {
            assert!(!is_valid(country, Some(region)), "{country} {region}");
        }
        assert!(is_valid("DE", None) && !is_valid("US", None) && !is_valid("AU", None));
        assert!(!is_valid("DE", Some("")));
    }

    #[test]
    fn region_lists_are_complete_and_sorted() {
        assert_eq!((US.len(), CA.len(), AU.len()), (50 + 1 + 6 + 3, 13, 8));
        for list in [US, CA, AU] {
            assert!(list.is_sorted() && list.iter().all(|region| is_suffix(region)));
        }
    }
}
