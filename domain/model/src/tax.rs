//! Taxes: rates by destination and tax class. Tax is rounded per line to the minor unit, half away from zero.

use serde::{Deserialize, Serialize};

use crate::{Country, Money, MoneyError, TaxedMoney, channels::PriceMode};

/// The tax class of most goods, and of delivery.
pub const STANDARD_CLASS: &str = "standard";

/// Basis points of 100 %.
const WHOLE: i64 = 10_000;

/// A tax rate in basis points: 1900 is 19 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaxRate(pub i64);

impl TaxRate {
    /// No tax.
    pub const ZERO: Self = Self(0);

    /// Splits an amount in the given price mode into net and gross.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] if the result exceeds 64 bits.
    pub fn apply(self, amount: Money, mode: PriceMode) -> Result<TaxedMoney, MoneyError> {
        match mode {
            PriceMode::Gross => {
                let tax = amount.fraction(self.0, WHOLE + self.0)?;
                Ok(TaxedMoney { net: amount.minus(tax)?, gross: amount })
            }
            PriceMode::Net => {
                let tax = amount.fraction(self.0, WHOLE)?;
                Ok(TaxedMoney { net: amount, gross: amount.plus(tax)? })
            }
        }
    }
}

/// The destination of goods, as far as taxes and delivery depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destination<'a> {
    /// Country of the address.
    pub country: Country,
    /// ISO 3166-2 suffix of the state or province, such as `CA`.
    pub region: Option<&'a str>,
    /// Postal code of the address; None if only the country is known.
    pub postal_code: Option<&'a str>,
}

/// A tax rate for one destination and tax class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRule {
    /// Country the rule applies to.
    pub country: Country,
    /// ISO 3166-2 suffix of the state the rule applies to; None for the whole country.
    pub region: Option<String>,
    /// Tax class the rule applies to.
    pub class: String,
    /// Tax rate of the rule.
    pub rate: TaxRate,
}

/// All tax rules of the shop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaxTable {
    /// The rules in any order; the most specific match applies.
    pub rules: Vec<TaxRule>,
}

impl TaxTable {
    /// True if the class is the standard one or a rule exists for it.
    #[must_use]
    pub fn has_class(&self, class: &str) -> bool {
        class == STANDARD_CLASS || self.rules.iter().any(|rule| rule.class == class)
    }

    /// The rate of a class at a destination; zero if no rule matches.
    ///
    /// The destination takes precedence over the class: first the class in the region, then the standard class in the
    /// region, the class in the country, and the standard class in the country.
    #[must_use]
    pub fn rate(&self, destination: Destination<'_>, class: &str) -> TaxRate {
        let specificity = |rule: &&TaxRule| {
            (rule.country == destination.country).then_some(())?;
            let place = match (rule.region.as_deref(), destination.region) {
                (None, _) => 0,
                (Some(wanted), Some(region)) if wanted.eq_ignore_ascii_case(region) => 2,
                (Some(_), _) => return None,
            };
            match rule.class.as_str() {
                own if own == class => Some(place + 1),
                STANDARD_CLASS => Some(place),
                _ => None,
            }
        };
        let matches = self.rules.iter().filter_map(|rule| Some((specificity(&rule)?, rule.rate)));
        matches.max_by_key(|(specificity, rate)| (*specificity, *rate)).map_or(TaxRate::ZERO, |(_, rate)| rate)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Currency;

    fn rule(country: &str, region: Option<&str>, class: &str, rate: i64) -> TaxRule {
        let (country, region) = (country.parse().unwrap(), region.map(str::to_owned));
        TaxRule { country, region, class: class.to_owned(), rate: TaxRate(rate) }
    }

    fn rate(table: &TaxTable, country: &str, region: Option<&str>, class: &str) -> i64 {
        table.rate(Destination { country: country.parse().unwrap(), region, postal_code: None }, class).0
    }

    #[test]
    fn the_most_specific_rule_applies() {
        let rules = vec![
            rule("DE", None, "standard", 1900),
            rule("DE", None, "books", 700),
            rule("FR", None, "standard", 2000),
            rule("US", Some("CA"), "standard", 725),
        ];
        let table = TaxTable { rules };
        assert_eq!(rate(&table, "DE", None, "books"), 700);
        assert_eq!(rate(&table, "DE", Some("BE"), "standard"), 1900);
        assert_eq!(rate(&table, "FR", None, "books"), 2000);
        assert_eq!(rate(&table, "US", Some("ca"), "books"), 725);
        assert_eq!(rate(&table, "US", Some("OR"), "standard"), 0);
        assert_eq!(rate(&table, "CH", None, "standard"), 0);
    }

    #[test]
    fn only_the_standard_class_and_classes_with_a_rule_exist() {
        let table = TaxTable { rules: vec![rule("DE", None, "books", 700)] };
        for (class, is_known) in [("standard", true), ("books", true), ("Books", false), ("", false)] {
            assert_eq!(table.has_class(class), is_known, "{class}");
        }
        assert!(TaxTable::default().has_class("standard"));
    }

    #[test]
    fn taxes_round_half_away_from_zero() {
        let euros = |minor| Money::new(minor, Currency::EUR);
        let split = |minor, rate, mode| {
            let amount = TaxRate(rate).apply(euros(minor), mode).unwrap();
            (amount.net.minor, amount.gross.minor)
        };
        assert_eq!(split(1990, 1900, PriceMode::Gross), (1672, 1990));
        assert_eq!(split(3500, 700, PriceMode::Gross), (3271, 3500));
        assert_eq!(split(600, 725, PriceMode::Net), (600, 644));
        assert_eq!(split(2200, 725, PriceMode::Net), (2200, 2360));
        assert_eq!(split(1990, 0, PriceMode::Gross), (1990, 1990));
    }

    proptest! {
        #[test]
        fn net_and_tax_are_gross_and_never_change_sign(
            minor in 0_i64..1_000_000_000_000_000, rate in 0_i64..5_000, is_gross: bool,
        ) {
            let mode = if is_gross { PriceMode::Gross } else { PriceMode::Net };
            let amount = Money::new(minor, Currency::EUR);
            let taxed = TaxRate(rate).apply(amount, mode).unwrap();
            prop_assert_eq!(taxed.net.plus(taxed.tax()).unwrap(), taxed.gross);
            prop_assert_eq!(mode.pick(taxed), amount);
            prop_assert!(taxed.net.minor >= 0 && taxed.tax().minor >= 0);
        }
    }
}
