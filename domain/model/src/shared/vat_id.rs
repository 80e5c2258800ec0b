//! VAT identification numbers, and the member states of the European Union.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::country::Country;
use crate::Timestamp;

/// The member states of the European Union, as ISO 3166-1 codes.
const MEMBER_STATES: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// The longest VAT identification number, with separators.
const MAX_CHARS: usize = 30;

/// A VAT identification number whose form and check digits are valid, such as `DE136695976`. Whether it is registered
/// only the tax authority knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VatId(String);

/// The text is not a VAT identification number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a VAT identification number: it starts with a country code such as `DE`, and its check digits are right")]
pub struct InvalidVatId;

/// A VAT identification number, and what the tax authority said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckedVatId {
    /// The number.
    pub number: VatId,
    /// Time at which the tax authority confirmed that the number is registered; None if it was not asked, or did not
    /// answer.
    #[serde(default)]
    pub confirmed_at: Option<Timestamp>,
}

impl VatId {
    /// The number without separators, in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The prefix, such as `DE`, or `EL` for Greece.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.0.split_at_checked(2).map_or("", |(prefix, _)| prefix)
    }

    /// The number without its prefix.
    #[must_use]
    pub fn national(&self) -> &str {
        self.0.split_at_checked(2).map_or("", |(_, national)| national)
    }

    /// The member state of the European Union that issued the number; None for other countries.
    #[must_use]
    pub fn member_state(&self) -> Option<Country> {
        let code = if self.prefix() == "EL" { "GR" } else { self.prefix() };
        code.parse().ok().filter(|country| is_member_state(*country))
    }
}

/// True for the 27 member states of the European Union.
#[must_use]
pub fn is_member_state(country: Country) -> bool {
    MEMBER_STATES.contains(&country.code())
}

impl FromStr for VatId {
    type Err = InvalidVatId;

    /// Accepts spaces, points and hyphens, and lower case.
    fn from_str(text: &str) -> Result<Self, InvalidVatId> {
        if text.len() > MAX_CHARS {
            return Err(InvalidVatId);
        }
        let number: String =
            text.chars().filter(|letter| !" .-".contains(*letter)).map(|letter| letter.to_ascii_uppercase()).collect();
        let is_plain = number.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'+' || letter == b'*');
        if is_plain && super::vat_checksum::is_valid(&number) { Ok(Self(number)) } else { Err(InvalidVatId) }
    }
}

impl TryFrom<String> for VatId {
    type Error = InvalidVatId;
    fn try_from(text: String) -> Result<Self, InvalidVatId> {
        text.parse()
    }
}

impl From<VatId> for String {
    fn from(number: VatId) -> Self {
        number.0
    }
}

impl fmt::Display for VatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<VatId> for CheckedVatId {
    /// A number that no authority has confirmed.
    fn from(number: VatId) -> Self {
        Self { number, confirmed_at: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_stored_without_separators() {
        let number: VatId = " atu 1358.5627".parse().unwrap();
        assert_eq!((number.as_str(), number.prefix(), number.national()), ("ATU13585627", "AT", "U13585627"));
    }

    #[test]
    fn member_states_issue_numbers_with_their_prefix() {
        for (number, state) in [("DE136695976", Some("DE")), ("EL094259216", Some("GR")), ("GB980780684", None)] {
            let state = state.map(|code| code.parse().unwrap());
            assert_eq!(number.parse::<VatId>().unwrap().member_state(), state, "{number}");
        }
    }

    #[test]
    fn member_states_are_sorted() {
        assert!(MEMBER_STATES.is_sorted());
        for (code, is_member) in [("DE", true), ("GR", true), ("CH", false), ("GB", false), ("US", false)] {
            assert_eq!(is_member_state(code.parse().unwrap()), is_member, "{code}");
        }
    }
}
