//! Money as integer minor units with a currency.

use std::{cmp::Ordering, fmt};

use serde::{Deserialize, Serialize};

use super::currency::Currency;

/// An amount in the minor unit of its currency (cents, yen, fils).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// The amount in minor units; may be negative.
    pub minor: i64,
    /// The currency of the amount.
    pub currency: Currency,
}

/// The reason why an amount cannot be computed or parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Amounts of different currencies cannot be added or subtracted.
    #[error("cannot add {0} to {1}")]
    CurrencyMismatch(Currency, Currency),
    /// The result exceeds 64 bits.
    #[error("amount is too large")]
    Overflow,
    /// The text is not a decimal number, or it has more digits than the currency.
    #[error("not an amount in {0}: at most {digits} digits after the point", digits = .0.digits())]
    Malformed(Currency),
}

impl Money {
    /// Creates an amount from minor units.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The amount zero.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Parses a decimal such as `12.5`, `-3` or `0.07`, without exponent and with at most the currency's digits.
    ///
    /// # Errors
    /// [`MoneyError::Malformed`] if the text is no such decimal, [`MoneyError::Overflow`] if it exceeds 64 bits.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let malformed = MoneyError::Malformed(currency);
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let width = currency.digits() as usize;
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let dangling_point = digits.contains('.') && fraction.is_empty();
        if whole.is_empty() || dangling_point || fraction.len() > width || !is_number(whole) || !is_number(fraction) {
            return Err(malformed);
        }
        let minor: i64 = format!("{whole}{fraction:0<width$}").parse().map_err(|_| MoneyError::Overflow)?;
        Ok(Self::new(if negative { -minor } else { minor }, currency))
    }

    /// Formats the amount with exactly the currency's digits: `12.50` for EUR, `1250` for JPY, `1.250` for KWD.
    #[must_use]
    pub fn to_decimal(self) -> String {
        let digits = self.currency.digits();
        if digits == 0 {
            return self.minor.to_string();
        }
        let unit = 10_u64.pow(digits);
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        format!("{sign}{}.{:0width$}", minor / unit, minor % unit, width = digits as usize)
    }

    /// Adds another amount.
    ///
    /// # Errors
    /// [`MoneyError`] if the currencies differ or the sum exceeds 64 bits.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(minor, self.currency))
    }

    /// Subtracts another amount.
    ///
    /// # Errors
    /// [`MoneyError`] if the currencies differ or the difference exceeds 64 bits.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(minor, self.currency))
    }

    /// Multiplies the amount by a quantity.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] if the product exceeds 64 bits.
    pub fn times(self, quantity: i64) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(quantity).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(minor, self.currency))
    }

    /// The sum of the amounts; zero of `currency` if there are none.
    ///
    /// # Errors
    /// [`MoneyError`] if a currency differs or the sum exceeds 64 bits.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// The amount times `numerator / denominator`, rounded half away from zero.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] if the result exceeds 64 bits or the denominator is zero.
    pub fn fraction(self, numerator: i64, denominator: i64) -> Result<Self, MoneyError> {
        let product = i128::from(self.minor) * i128::from(numerator);
        let minor = divide_half_away(product, i128::from(denominator)).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(i64::try_from(minor).map_err(|_| MoneyError::Overflow)?, self.currency))
    }

    /// Splits the amount in proportion to the weights by largest remainder; the parts always sum to the amount.
    ///
    /// Of equal remainders the earlier part gets the unit. All-zero weights count as equal. Without weights there are
    /// no parts.
    #[must_use]
    pub fn allocate(self, weights: &[u64]) -> Vec<Self> {
        let parts = allocate(self.minor.unsigned_abs(), weights);
        let sign = self.minor.signum();
        parts.into_iter().map(|part| Self::new(signed(part, sign), self.currency)).collect()
    }

    /// True if the amount is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch(other.currency, self.currency))
        }
    }
}

/// Applies the sign of an `i64` to a part of its magnitude; the result always fits, so the fallback is never used.
fn signed(part: u64, sign: i64) -> i64 {
    i64::try_from(i128::from(part) * i128::from(sign)).unwrap_or(i64::MAX)
}

fn divide_half_away(numerator: i128, denominator: i128) -> Option<i128> {
    let quotient = numerator.checked_div(denominator)?;
    let remainder = numerator.checked_rem(denominator)?;
    let rounds_up = remainder.unsigned_abs() * 2 >= denominator.unsigned_abs();
    let direction = if (numerator < 0) == (denominator < 0) { 1 } else { -1 };
    Some(if remainder != 0 && rounds_up { quotient + direction } else { quotient })
}

fn allocate(whole: u64, weights: &[u64]) -> Vec<u64> {
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if total == 0 {
        return if weights.is_empty() { Vec::new() } else { allocate(whole, &vec![1; weights.len()]) };
    }
    let shares: Vec<(u64, u128)> = weights
        .iter()
        .map(|weight| {
            let product = u128::from(whole) * u128::from(*weight);
            // At most `whole`, so the fallback is never used.
            (u64::try_from(product / total).unwrap_or(u64::MAX), product % total)
        })
        .collect();
    let given: u64 = shares.iter().map(|(share, _)| share).sum();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|a, b| shares.get(*b).map(|s| s.1).cmp(&shares.get(*a).map(|s| s.1)));
    let mut parts: Vec<u64> = shares.into_iter().map(|(share, _)| share).collect();
    // Less than the number of weights, so the fallback is never used.
    let left = usize::try_from(whole - given).unwrap_or(usize::MAX);
    for at in order.into_iter().take(left) {
        if let Some(part) = parts.get_mut(at) {
            *part += 1;
        }
    }
    parts
}

impl PartialOrd for Money {
    /// None for amounts of different currencies.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.minor.cmp(&other.minor))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_decimal(), self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An amount without and with tax: `net + tax = gross`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxedMoney {
    /// The amount without tax.
    pub net: Money,
    /// The amount with tax.
    pub gross: Money,
}

impl TaxedMoney {
    /// The amount zero.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { net: Money::zero(currency), gross: Money::zero(currency) }
    }

    /// The tax: gross minus net. Saturates, because both come from one calculation and tax is never near 64 bits.
    #[must_use]
    pub const fn tax(self) -> Money {
        Money::new(self.gross.minor.saturating_sub(self.net.minor), self.net.currency)
    }

    /// Adds net and gross separately.
    ///
    /// # Errors
    /// [`MoneyError`] if the currencies differ or a sum exceeds 64 bits.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        Ok(Self { net: self.net.plus(other.net)?, gross: self.gross.plus(other.gross)? })
    }

    /// The sum of the amounts; zero of `currency` if there are none.
    ///
    /// # Errors
    /// [`MoneyError`] if a currency differs or a sum exceeds 64 bits.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals_have_exactly_the_digits_of_the_currency() {
        let kwd: Currency = "KWD".parse().unwrap();
        for (minor, currency, text) in [
            (1250, Currency::EUR, "12.50"),
            (1250, Currency::JPY, "1250"),
            (1250, kwd, "1.250"),
            (-5, Currency::EUR, "-0.05"),
        ] {
            assert_eq!(Money::new(minor, currency).to_decimal(), text);
            assert_eq!(Money::parse(text, currency), Ok(Money::new(minor, currency)));
        }
    }

    #[test]
    fn malformed_amounts_are_rejected() {
        for text in ["", "-", "1.", ".5", "1.234", "1e3", "+1", " 1", "1,5", "--1", "NaN"] {
            assert!(Money::parse(text, Currency::EUR).is_err(), "{text:?}");
        }
        assert_eq!(Money::parse("99999999999999999999", Currency::EUR), Err(MoneyError::Overflow));
        assert!(Money::parse("1.5", Currency::JPY).is_err());
    }

    #[test]
    fn halves_round_away_from_zero() {
        let cents = |minor| Money::new(minor, Currency::EUR);
        assert_eq!(cents(5).fraction(1, 2), Ok(cents(3)));
        assert_eq!(cents(-5).fraction(1, 2), Ok(cents(-3)));
        assert_eq!(cents(4).fraction(1, 3), Ok(cents(1)));
        assert_eq!(cents(5).fraction(1, 0), Err(MoneyError::Overflow));
    }

    proptest! {
        #[test]
        fn allocations_sum_to_the_whole(
            minor in -1_000_000_000_000_i64..1_000_000_000_000,
            weights in prop::collection::vec(0_u64..1_000_000_000, 1..50),
        ) {
            let parts = Money::new(minor, Currency::EUR).allocate(&weights);
            prop_assert_eq!(parts.len(), weights.len());
            prop_assert_eq!(parts.iter().map(|part| part.minor).sum::<i64>(), minor);
        }

        #[test]
        fn each_allocation_is_within_one_unit_of_its_share(
            minor in 0_i64..1_000_000_000,
            weights in prop::collection::vec(1_u64..1_000_000, 1..20),
        ) {
            let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            let parts = Money::new(minor, Currency::EUR).allocate(&weights);
            for (part, weight) in parts.iter().zip(&weights) {
                let exact = i128::from(minor) * i128::from(*weight) / total;
                prop_assert!((i128::from(part.minor) - exact).abs() <= 1);
            }
        }

        #[test]
        fn a_decimal_parses_back_to_its_amount(minor in any::<i64>().prop_filter("range", |m| *m > i64::MIN)) {
            let money = Money::new(minor, Currency::EUR);
            prop_assert_eq!(Money::parse(&money.to_decimal(), Currency::EUR), Ok(money));
        }
    }
}
