//! The named taxes of a line: the tax of its rate, or of each component of the rate.

use serde::{Deserialize, Serialize};

use super::{TaxRate, TaxRule};
use crate::{Money, MoneyError};

/// A named tax in a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxLine {
    /// Name for shoppers, such as `VAT` or `California`.
    pub name: String,
    /// The rate.
    pub rate: TaxRate,
    /// The tax.
    pub amount: Money,
}

/// The taxes that a tax amount consists of: one for each component of the rate, by largest remainder, or one for the
/// whole rate. They add up to the amount.
#[must_use]
pub fn tax_lines(rule: &TaxRule, tax: Money) -> Vec<TaxLine> {
    if rule.components.is_empty() {
        return vec![TaxLine { name: rule.name.clone(), rate: rule.rate, amount: tax }];
    }
    let weights: Vec<u64> =
        rule.components.iter().map(|component| component.rate.millionths().unsigned_abs()).collect();
    let line = |(component, amount): (&super::TaxComponent, Money)| TaxLine {
        name: component.name.clone(),
        rate: component.rate,
        amount,
    };
    rule.components.iter().zip(tax.allocate(&weights)).map(line).collect()
}

/// The sums of taxes of the same name and rate, in the order of their first occurrence.
///
/// # Errors
/// [`MoneyError`] if the currencies differ or a sum exceeds 64 bits.
pub fn summary<'a>(taxes: impl IntoIterator<Item = &'a TaxLine>) -> Result<Vec<TaxLine>, MoneyError> {
    let mut sums: Vec<TaxLine> = Vec::new();
    for tax in taxes {
        match sums.iter_mut().find(|sum| sum.name == tax.name && sum.rate == tax.rate) {
            Some(sum) => sum.amount = sum.amount.plus(tax.amount)?,
            None => sums.push(tax.clone()),
        }
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Currency, tax::TaxComponent};

    fn rule(components: &[(&str, i64)]) -> TaxRule {
        let component = |(name, points): &(&str, i64)| TaxComponent {
            name: (*name).to_owned(),
            rate: TaxRate::from_basis_points(*points),
        };
        let components: Vec<_> = components.iter().map(component).collect();
        let rate = TaxRate::sum(components.iter().map(|component| component.rate)).unwrap();
        TaxRule { components, ..TaxRule::new("US".parse().unwrap(), "standard", "Sales tax", rate) }
    }

    fn amounts(lines: &[TaxLine]) -> Vec<(&str, i64)> {
        lines.iter().map(|line| (line.name.as_str(), line.amount.minor)).collect()
    }

    #[test]
    fn a_tax_is_split_over_the_components_of_its_rate() {
        let tax = Money::new(160, Currency::USD);
        let lines = tax_lines(&rule(&[("California", 600), ("Los Angeles County", 125)]), tax);
        assert_eq!(amounts(&lines), [("California", 132), ("Los Angeles County", 28)]);
        assert_eq!(amounts(&tax_lines(&rule(&[]), tax)), [("Sales tax", 160)]);
    }

    #[test]
    fn taxes_of_the_same_name_and_rate_are_added() {
        let line = |name: &str, minor| TaxLine {
            name: name.to_owned(),
            rate: TaxRate::from_basis_points(1_900),
            amount: Money::new(minor, Currency::EUR),
        };
        let lines = [line("VAT", 10), line("Other", 1), line("VAT", 5)];
        assert_eq!(amounts(&summary(&lines).unwrap()), [("VAT", 15), ("Other", 1)]);
    }

    proptest! {
        #[test]
        fn components_add_up_to_the_tax(minor in 0_i64..1_000_000_000, points in prop::collection::vec(0_i64..1_000, 0..10)) {
            let named: Vec<_> = points.iter().map(|points| ("Part", *points)).collect();
            let lines = tax_lines(&rule(&named), Money::new(minor, Currency::USD));
            prop_assert_eq!(lines.iter().map(|line| line.amount.minor).sum::<i64>(), minor);
        }
    }
}
