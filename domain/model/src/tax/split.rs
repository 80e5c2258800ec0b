//! The split of amounts into net and tax, and of a delivery price over the rates of the goods.

use std::collections::BTreeMap;

use super::TaxRate;
use crate::{
    Money, MoneyError, TaxedMoney,
    channels::{PriceMode, TaxRounding},
};

/// Splits amounts in the given price mode into net and gross, each with its rate.
///
/// Per line, the tax of each amount is rounded. Per total, the tax of all amounts of a rate is rounded once and split over
/// them by largest remainder, in proportion to the amounts. In both cases the amounts themselves stay as they are.
///
/// # Errors
/// [`MoneyError`] if the currencies differ or a result exceeds 64 bits.
pub fn split(
    amounts: &[(Money, TaxRate)],
    mode: PriceMode,
    rounding: TaxRounding,
) -> Result<Vec<TaxedMoney>, MoneyError> {
    match rounding {
        TaxRounding::PerLine => amounts.iter().map(|(amount, rate)| rate.apply(*amount, mode)).collect(),
        TaxRounding::PerTotal => per_total(amounts, mode),
    }
}

fn per_total(amounts: &[(Money, TaxRate)], mode: PriceMode) -> Result<Vec<TaxedMoney>, MoneyError> {
    let mut groups: BTreeMap<TaxRate, Vec<(usize, Money)>> = BTreeMap::new();
    for (at, (amount, rate)) in amounts.iter().enumerate() {
        groups.entry(*rate).or_default().push((at, *amount));
    }
    let mut parts = Vec::with_capacity(amounts.len());
    for (rate, group) in groups {
        parts.extend(share(rate, &group, mode)?);
    }
    parts.sort_by_key(|(at, _)| *at);
    Ok(parts.into_iter().map(|(_, part)| part).collect())
}

/// Splits the tax of all amounts of one rate over them.
fn share(rate: TaxRate, group: &[(usize, Money)], mode: PriceMode) -> Result<Vec<(usize, TaxedMoney)>, MoneyError> {
    let Some((_, first)) = group.first() else { return Ok(Vec::new()) };
    let whole = Money::sum(first.currency, group.iter().map(|(_, amount)| *amount))?;
    let weights: Vec<u64> = group.iter().map(|(_, amount)| amount.minor.unsigned_abs()).collect();
    let taxes = rate.apply(whole, mode)?.tax().allocate(&weights);
    let with_tax = |((at, amount), tax): (&(usize, Money), Money)| {
        let amount = match mode {
            PriceMode::Gross => TaxedMoney { net: amount.minus(tax)?, gross: *amount },
            PriceMode::Net => TaxedMoney { net: *amount, gross: amount.plus(tax)? },
        };
        Ok((*at, amount))
    };
    group.iter().zip(taxes).map(with_tax).collect()
}

/// Splits a delivery price over the rates of the goods, in proportion to the value of the goods of each rate, by largest
/// remainder. Goods without value count equally. Empty if there are no goods.
#[must_use]
pub fn in_proportion<K: Ord + Copy>(price: Money, goods: &[(K, Money)]) -> Vec<(K, Money)> {
    let mut values: BTreeMap<K, u64> = BTreeMap::new();
    for (rate, value) in goods {
        let sum = values.entry(*rate).or_default();
        *sum = sum.saturating_add(value.minor.unsigned_abs());
    }
    let weights: Vec<u64> = values.values().copied().collect();
    values.into_keys().zip(price.allocate(&weights)).filter(|(_, part)| !part.is_zero() || price.is_zero()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Currency;

    fn euros(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn taxes(lines: &[(i64, &str)], mode: PriceMode, rounding: TaxRounding) -> Vec<i64> {
        let lines: Vec<_> = lines.iter().map(|(minor, rate)| (euros(*minor), rate.parse().unwrap())).collect();
        split(&lines, mode, rounding).unwrap().into_iter().map(|taxed| taxed.tax().minor).collect()
    }

    /// The worked example of `docs/taxes.md`.
    #[test]
    fn small_lines_are_taxed_differently_per_line_and_per_total() {
        // 7.25 % of 1.07 is 0.077575, that of 3.21 is 0.232725.
        let lines = [(107, "7.25"), (107, "7.25"), (107, "7.25")];
        assert_eq!(taxes(&lines, PriceMode::Net, TaxRounding::PerLine), [8, 8, 8]);
        assert_eq!(taxes(&lines, PriceMode::Net, TaxRounding::PerTotal), [8, 8, 7]);
    }

    /// The worked example of `docs/taxes.md`.
    #[test]
    fn each_rate_is_rounded_on_its_own() {
        // 19 % contained in 5.97 is 0.953…; 7 % contained in 1.98 is 0.129….
        let lines = [(199, "19"), (99, "7"), (199, "19"), (199, "19"), (99, "7")];
        assert_eq!(taxes(&lines, PriceMode::Gross, TaxRounding::PerLine), [32, 6, 32, 32, 6]);
        assert_eq!(taxes(&lines, PriceMode::Gross, TaxRounding::PerTotal), [32, 7, 32, 31, 6]);
    }

    /// The worked example of `docs/taxes.md`.
    #[test]
    fn delivery_is_split_in_proportion_to_the_goods() {
        // 4.90 for goods of 20.00 at 19 % and 10.00 at 7 %.
        let parts = in_proportion(euros(490), &[(19, euros(500)), (7, euros(1_000)), (19, euros(1_500))]);
        assert_eq!(parts, [(7, euros(163)), (19, euros(327))]);
        assert_eq!(in_proportion(euros(490), &[(19, euros(0))]), [(19, euros(490))]);
        assert_eq!(in_proportion(euros(490), &[(19, euros(500)), (7, euros(0))]), [(19, euros(490))]);
        assert!(in_proportion::<u8>(euros(490), &[]).is_empty());
    }

    fn lines() -> impl Strategy<Value = Vec<(Money, TaxRate)>> {
        let rate = prop::sample::select(vec!["0", "7", "7.25", "8.875", "19", "100"]);
        prop::collection::vec((0_i64..1_000_000_000, rate), 0..12)
            .prop_map(|lines| lines.into_iter().map(|(minor, rate)| (euros(minor), rate.parse().unwrap())).collect())
    }

    proptest! {
        #[test]
        fn the_parts_equal_the_whole(lines in lines(), is_gross: bool, is_total: bool) {
            let mode = if is_gross { PriceMode::Gross } else { PriceMode::Net };
            let rounding = if is_total { TaxRounding::PerTotal } else { TaxRounding::PerLine };
            let parts = split(&lines, mode, rounding).unwrap();
            prop_assert_eq!(parts.len(), lines.len());
            for (part, (amount, _)) in parts.iter().zip(&lines) {
                prop_assert_eq!(mode.pick(*part), *amount);
                prop_assert_eq!(part.net.plus(part.tax()).unwrap(), part.gross);
                prop_assert!(part.net.minor >= 0 && part.tax().minor >= 0);
            }
        }

        #[test]
        fn per_total_each_rate_is_rounded_once(lines in lines(), is_gross: bool) {
            let mode = if is_gross { PriceMode::Gross } else { PriceMode::Net };
            let parts = split(&lines, mode, TaxRounding::PerTotal).unwrap();
            for (_, rate) in &lines {
                let of_rate = || parts.iter().zip(&lines).filter(|(_, (_, other))| other == rate);
                let whole = Money::sum(Currency::EUR, of_rate().map(|(_, (amount, _))| *amount)).unwrap();
                let tax = Money::sum(Currency::EUR, of_rate().map(|(part, _)| part.tax())).unwrap();
                prop_assert_eq!(rate.apply(whole, mode).unwrap().tax(), tax);
            }
        }

        #[test]
        fn the_parts_of_a_delivery_price_equal_it(
            price in 0_i64..1_000_000, goods in prop::collection::vec((0_u8..5, 0_i64..1_000_000_000), 1..12),
        ) {
            let goods: Vec<_> = goods.into_iter().map(|(rate, minor)| (rate, euros(minor))).collect();
            let parts = in_proportion(euros(price), &goods);
            let sum = Money::sum(Currency::EUR, parts.iter().map(|(_, part)| *part)).unwrap();
            prop_assert_eq!(sum, euros(price));
            prop_assert!(parts.iter().all(|(_, part)| part.minor >= 0));
        }
    }
}
