//! Ranges of postal codes.

use serde::{Deserialize, Serialize};

/// The largest number of characters of a bound.
const MAX_CHARS: usize = 10;

/// A range of postal codes, such as `35000` to `35999`, or the prefix `BT` as `BT` to `BT`.
///
/// Letters are compared without case; spaces and hyphens are ignored. A code is compared by as many characters as the
/// bound has, so `BT1 1AA` is between `BT` and `BT`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalCodeRange {
    from: String,
    to: String,
}

/// The bounds are not a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a range of postal codes has two bounds of the same length with 1 to 10 letters and digits, the lower one first"
)]
pub struct InvalidPostalCodeRange;

impl PostalCodeRange {
    /// Parses the bounds.
    ///
    /// # Errors
    /// [`InvalidPostalCodeRange`] if a bound is empty or too long, has other characters, or the bounds are not in order.
    pub fn parse(from: &str, to: &str) -> Result<Self, InvalidPostalCodeRange> {
        let (from, to) = (normalized(from), normalized(to));
        let is_bound = |bound: &str| {
            (1..=MAX_CHARS).contains(&bound.len()) && bound.bytes().all(|letter| letter.is_ascii_alphanumeric())
        };
        let is_range = is_bound(&from) && is_bound(&to) && from.len() == to.len() && from <= to;
        if is_range { Ok(Self { from, to }) } else { Err(InvalidPostalCodeRange) }
    }

    /// The lower bound, normalized.
    #[must_use]
    pub fn from(&self) -> &str {
        &self.from
    }

    /// The upper bound, normalized.
    #[must_use]
    pub fn to(&self) -> &str {
        &self.to
    }

    /// True if the range contains the code.
    #[must_use]
    pub fn contains(&self, code: &str) -> bool {
        self.covers(&normalized(code))
    }

    /// True if the range contains the code, which [`Self::normalize`] returned. For many ranges and one code.
    #[must_use]
    pub fn covers(&self, normalized: &str) -> bool {
        normalized.get(..self.from.len()).is_some_and(|start| self.from.as_str() <= start && start <= self.to.as_str())
    }

    /// The form in which codes are compared: upper case, without spaces and hyphens.
    #[must_use]
    pub fn normalize(code: &str) -> String {
        normalized(code)
    }
}

fn normalized(code: &str) -> String {
    code.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: &str, to: &str) -> PostalCodeRange {
        PostalCodeRange::parse(from, to).unwrap()
    }

    #[test]
    fn contains_codes_between_its_bounds() {
        let canary_islands = range("35000", "35999");
        for (code, is_inside) in [("35001", true), ("35 999", true), ("36000", false), ("350", false), ("", false)] {
            assert_eq!(canary_islands.contains(code), is_inside, "{code}");
        }
    }

    #[test]
    fn compares_codes_by_the_length_of_the_bounds() {
        let northern_ireland = range("bt", "BT");
        assert!(northern_ireland.contains("BT1 1AA"));
        assert!(northern_ireland.contains("bt11aa"));
        assert!(!northern_ireland.contains("B1 1AA"));
        assert!(range("100-0000", "109-9999").contains("1050001"));
        assert!(!range("10", "20").contains("é1"));
    }

    #[test]
    fn refuses_bounds_that_are_no_range() {
        for (from, to) in
            [("", ""), ("2", "1"), ("10", "100"), ("12345678901", "12345678901"), ("1*", "1*"), ("é", "é")]
        {
            assert_eq!(PostalCodeRange::parse(from, to), Err(InvalidPostalCodeRange), "{from} {to}");
        }
    }
}
