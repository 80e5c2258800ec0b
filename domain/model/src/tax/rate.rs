//! Tax rates.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Money, MoneyError, TaxedMoney, channels::PriceMode};

/// Millionths of 100 %.
const WHOLE: i64 = 1_000_000;
/// Millionths of 1 %.
const PERCENT: i64 = 10_000;
/// The number of digits after the decimal point of a percentage.
const DIGITS: usize = 4;

/// A tax rate from 0 to 100 %, with up to four digits after the decimal point, such as 8.875 %. Its text is the percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TaxRate(i64);

/// The text is not a tax rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tax rate is a percentage from 0 to 100 with at most four digits after the decimal point, such as `7.25`")]
pub struct InvalidTaxRate;

impl TaxRate {
    /// No tax.
    pub const ZERO: Self = Self(0);

    /// A rate in hundredths of a percent: 1,900 is 19 %. Values outside 0 to 10,000 become the nearest bound.
    #[must_use]
    pub const fn from_basis_points(points: i64) -> Self {
        let points = if points < 0 { 0 } else { points };
        Self(if points > 10_000 { WHOLE } else { points * 100 })
    }

    /// Restores a rate in millionths: 190,000 is 19 %.
    ///
    /// # Errors
    /// [`InvalidTaxRate`] if it is not within 0 to 100 %.
    pub const fn restore(millionths: i64) -> Result<Self, InvalidTaxRate> {
        if 0 <= millionths && millionths <= WHOLE { Ok(Self(millionths)) } else { Err(InvalidTaxRate) }
    }

    /// The rate in millionths: 190,000 is 19 %.
    #[must_use]
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// The rate in hundredths of a percent, rounded: 1,900 is 19 %.
    #[must_use]
    pub const fn basis_points(self) -> i64 {
        (self.0 + 50) / 100
    }

    /// The sum of rates.
    ///
    /// # Errors
    /// [`InvalidTaxRate`] if it exceeds 100 %.
    pub fn sum(rates: impl IntoIterator<Item = Self>) -> Result<Self, InvalidTaxRate> {
        rates.into_iter().try_fold(Self::ZERO, |sum, rate| Self::restore(sum.0 + rate.0))
    }

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

impl FromStr for TaxRate {
    type Err = InvalidTaxRate;

    /// Parses a percentage such as `7.25`.
    fn from_str(percent: &str) -> Result<Self, InvalidTaxRate> {
        let (whole, fraction) = match percent.split_once('.') {
            Some((_, "")) => return Err(InvalidTaxRate),
            Some(parts) => parts,
            None => (percent, ""),
        };
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        // Zeros at the end do not make a percentage more exact.
        let fraction = fraction.trim_end_matches('0');
        if whole.is_empty() || fraction.len() > DIGITS || !is_number(whole) || !is_number(fraction) {
            return Err(InvalidTaxRate);
        }
        let millionths = format!("{whole}{fraction:0<DIGITS$}").parse().map_err(|_| InvalidTaxRate)?;
        Self::restore(millionths)
    }
}

impl fmt::Display for TaxRate {
    /// Writes the percentage without zeros at its end, such as `19` or `7.25`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / PERCENT, self.0 % PERCENT);
        if fraction == 0 {
            return write!(f, "{whole}");
        }
        let fraction = format!("{fraction:0DIGITS$}");
        write!(f, "{whole}.{}", fraction.trim_end_matches('0'))
    }
}

impl TryFrom<String> for TaxRate {
    type Error = InvalidTaxRate;
    fn try_from(percent: String) -> Result<Self, InvalidTaxRate> {
        percent.parse()
    }
}

impl From<TaxRate> for String {
    fn from(rate: TaxRate) -> Self {
        rate.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Currency;

    #[test]
    fn percentages_have_up_to_four_digits() {
        for (text, millionths, written) in [
            ("0", 0, "0"),
            ("19", 190_000, "19"),
            ("7.25", 72_500, "7.25"),
            ("8.875", 88_750, "8.875"),
            ("9.975", 99_750, "9.975"),
            ("0.0001", 1, "0.0001"),
            ("20.00000", 200_000, "20"),
            ("100", 1_000_000, "100"),
        ] {
            let rate: TaxRate = text.parse().unwrap();
            assert_eq!((rate.millionths(), rate.to_string().as_str()), (millionths, written));
        }
        for text in ["", "-1", "+1", "1.", ".5", "0.00001", "100.0001", "1,5", "5 %", "99999999999999999999"] {
            assert_eq!(text.parse::<TaxRate>(), Err(InvalidTaxRate), "{text}");
        }
    }

    #[test]
    fn taxes_round_half_away_from_zero() {
        let split = |minor, points, mode| {
            let amount = TaxRate::from_basis_points(points).apply(Money::new(minor, Currency::EUR), mode).unwrap();
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
        fn a_rate_is_its_text(millionths in 0_i64..=WHOLE) {
            let rate = TaxRate::restore(millionths).unwrap();
            prop_assert_eq!(rate.to_string().parse(), Ok(rate));
        }

        #[test]
        fn net_and_tax_are_gross_and_never_change_sign(
            minor in 0_i64..1_000_000_000_000_000, millionths in 0_i64..500_000, is_gross: bool,
        ) {
            let mode = if is_gross { PriceMode::Gross } else { PriceMode::Net };
            let amount = Money::new(minor, Currency::EUR);
            let taxed = TaxRate::restore(millionths).unwrap().apply(amount, mode).unwrap();
            prop_assert_eq!(taxed.net.plus(taxed.tax()).unwrap(), taxed.gross);
            prop_assert_eq!(mode.pick(taxed), amount);
            prop_assert!(taxed.net.minor >= 0 && taxed.tax().minor >= 0);
        }
    }
}
