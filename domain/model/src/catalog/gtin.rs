//! Global Trade Item Numbers, the numbers under barcodes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A GTIN-8, GTIN-12 (UPC-A), GTIN-13 (EAN) or GTIN-14 with a correct check digit, as in the GS1 General Specifications,
/// section 7.9.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Gtin(String);

/// The text is not a GTIN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidGtin {
    /// The number of digits is wrong, or other characters occur.
    #[error("a barcode has 8, 12, 13 or 14 digits")]
    Digits,
    /// The last digit does not match the others.
    #[error("the check digit of the barcode is wrong; it would be {0}")]
    CheckDigit(u32),
}

impl Gtin {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The check digit of the digits before it: weights of 3 and 1 alternate from the right.
    fn check_digit(digits: impl DoubleEndedIterator<Item = u32>) -> u32 {
        let sum: u32 = digits.rev().zip([3, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
        (10 - sum % 10) % 10
    }
}

impl FromStr for Gtin {
    type Err = InvalidGtin;

    /// Ignores spaces around the digits.
    fn from_str(text: &str) -> Result<Self, InvalidGtin> {
        let text = text.trim();
        let digits: Vec<u32> =
            text.chars().map(|c| c.to_digit(10)).collect::<Option<_>>().ok_or(InvalidGtin::Digits)?;
        let (Some((last, others)), 8 | 12..=14) = (digits.split_last(), digits.len()) else {
            return Err(InvalidGtin::Digits);
        };
        let expected = Self::check_digit(others.iter().copied());
        if *last == expected { Ok(Self(text.to_owned())) } else { Err(InvalidGtin::CheckDigit(expected)) }
    }
}

impl TryFrom<String> for Gtin {
    type Error = InvalidGtin;
    fn try_from(text: String) -> Result<Self, InvalidGtin> {
        text.parse()
    }
}

impl From<Gtin> for String {
    fn from(gtin: Gtin) -> Self {
        gtin.0
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn printed_barcodes_are_accepted() {
        for text in ["96385074", "036000291452", "4006381333931", "9780306406157", "10614141000415", " 4006381333931 "]
        {
            assert_eq!(text.parse::<Gtin>().map(String::from), Ok(text.trim().to_owned()));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "1",
            "1234567",
            "123456789",
            "12345678901",
            "123456789012345",
            "4006381-33393",
            "４００６３８１３３３９３１",
        ] {
            assert_eq!(text.parse::<Gtin>(), Err(InvalidGtin::Digits), "{text}");
        }
        assert_eq!("4006381333932".parse::<Gtin>(), Err(InvalidGtin::CheckDigit(1)));
    }

    fn lengths() -> impl Strategy<Value = usize> {
        prop::sample::select(vec![7_usize, 11, 12, 13])
    }

    proptest! {
        #[test]
        fn exactly_one_check_digit_is_right(digits in lengths().prop_flat_map(|n| prop::collection::vec(0_u32..10, n))) {
            let text: String = digits.iter().map(u32::to_string).collect();
            let right: Vec<u32> = (0..10).filter(|digit| format!("{text}{digit}").parse::<Gtin>().is_ok()).collect();
            prop_assert_eq!(right.len(), 1);
        }

        #[test]
        fn a_wrong_digit_is_detected(
            digits in lengths().prop_flat_map(|n| prop::collection::vec(0_u32..10, n)),
            at in any::<prop::sample::Index>(),
            by in 1_u32..10,
        ) {
            let mut digits = digits;
            digits.push(Gtin::check_digit(digits.iter().copied()));
            let text = |digits: &[u32]| digits.iter().map(u32::to_string).collect::<String>();
            prop_assert!(text(&digits).parse::<Gtin>().is_ok());
            let place = at.index(digits.len());
            digits[place] = (digits[place] + by) % 10;
            prop_assert!(text(&digits).parse::<Gtin>().is_err());
        }
    }
}
