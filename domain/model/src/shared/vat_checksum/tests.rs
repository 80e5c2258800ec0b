//! Numbers of every country.

use super::*;

/// Numbers of each country, from the documentation of their tax authorities or of companies that publish them.
const VALID: &[&str] = &[
    "ATU13585627",
    "BE0428759497",
    "BG175074752",
    "CY10259033P",
    "CZ25123891",
    "DE136695976",
    "DK13585628",
    "EE100931558",
    "EL094259216",
    "ESB58378431",
    "FI20774740",
    "FR40303265045",
    "HR33392005961",
    "HU12892312",
    "IE6433435F",
    "IE6433435OA",
    "IT00743110157",
    "LT119511515",
    "LT100001919017",
    "LU15027442",
    "LV40003521600",
    "MT11679112",
    "NL004495445B01",
    "PL8567346215",
    "PT501964843",
    "RO18547290",
    "SE123456789701",
    "SI50223054",
    "SK2022749619",
    "GB980780684",
    "XI980780684",
    "CHE107787577MWST",
    "NO995525828MVA",
];

#[test]
fn numbers_of_every_country_are_valid() {
    for number in VALID {
        assert!(is_valid(number), "{number}");
    }
}

#[test]
fn a_wrong_digit_is_found() {
    for number in VALID {
        // The seventh digit is one of those that the check digits protect.
        let (at, _) = number.char_indices().filter(|(_, letter)| letter.is_ascii_digit()).nth(6).unwrap();
        let digit = number.as_bytes()[at];
        let other = char::from(if digit == b'9' { b'0' } else { digit + 1 });
        let wrong = format!("{}{other}{}", &number[..at], &number[at + 1..]);
        assert!(!is_valid(&wrong), "{wrong}");
    }
}

#[test]
fn other_texts_are_not_numbers() {
    for text in ["", "D", "DE", "DE1", "DE13669597X", "DE1366959760", "XX123456789", "136695976", "US123456789"] {
        assert!(!is_valid(text), "{text}");
    }
}
