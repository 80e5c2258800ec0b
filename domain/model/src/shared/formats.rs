//! Money, numbers, dates and addresses as people of a locale write them. The forms are those of Unicode's CLDR.

mod addresses;
mod symbols;

use chrono::{Datelike as _, Timelike as _};

use self::symbols::symbol;
use super::{country::Country, currency::Currency, locale::Locale, money::Money};
use crate::Timestamp;

const NO_BREAK: &str = "\u{a0}";
const NARROW_NO_BREAK: &str = "\u{202f}";

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const GERMAN_MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const FRENCH_MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// The forms of a locale. Languages other than English, German, French and Japanese get ISO dates and currency codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formats<'a> {
    language: &'a str,
    region: &'a str,
    decimal: &'static str,
    group: &'static str,
    percent_gap: &'static str,
    position: SymbolPosition,
}

/// The position of the currency symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SymbolPosition {
    Before,
    BeforeWithGap,
    After,
}

impl<'a> Formats<'a> {
    /// The forms of a locale.
    #[must_use]
    pub fn of(locale: &'a Locale) -> Self {
        let language = locale.language();
        let region = locale.as_str().split_once('-').map_or("", |(_, region)| region);
        let (decimal, group, percent_gap, position) = match (language, region) {
            ("de", "CH") => (".", "’", "", SymbolPosition::BeforeWithGap),
            ("de", "AT") => (",", NO_BREAK, NO_BREAK, SymbolPosition::BeforeWithGap),
            ("fr", "CH") => (".", NARROW_NO_BREAK, "", SymbolPosition::After),
            ("fr", "CA") | ("cs" | "fi" | "nb" | "pl" | "sv" | "uk", _) => {
                (",", NO_BREAK, NO_BREAK, SymbolPosition::After)
            }
            ("fr", _) => (",", NARROW_NO_BREAK, NARROW_NO_BREAK, SymbolPosition::After),
            ("de" | "da" | "es" | "it" | "pt" | "ro" | "tr", _) => (",", ".", NO_BREAK, SymbolPosition::After),
            ("nl", _) => (",", ".", "", SymbolPosition::BeforeWithGap),
            _ => (".", ",", "", SymbolPosition::Before),
        };
        Self { language, region, decimal, group, percent_gap, position }
    }

    /// An amount with its currency: `€12.50`, `12,50 €`, `￥1,250`.
    #[must_use]
    pub fn money(&self, money: Money) -> String {
        let sign = if money.minor < 0 { "-" } else { "" };
        let number = self.decimal(money.minor.unsigned_abs(), money.currency.digits());
        let symbol = self.symbol(money.currency);
        let gap = if symbol.ends_with(char::is_alphabetic) { NO_BREAK } else { "" };
        match self.position {
            SymbolPosition::Before => format!("{sign}{symbol}{gap}{number}"),
            SymbolPosition::BeforeWithGap => format!("{sign}{symbol}{NO_BREAK}{number}"),
            SymbolPosition::After => format!("{sign}{number}{NO_BREAK}{symbol}"),
        }
    }

    /// A percentage in millionths of the whole: `7.25%`, `7,25 %`.
    #[must_use]
    pub fn percent(&self, millionths: i64) -> String {
        let sign = if millionths < 0 { "-" } else { "" };
        let number = self.decimal(millionths.unsigned_abs(), 4);
        // The zeros after the decimal sign, which is always there, and the sign itself if nothing follows.
        let short = number.trim_end_matches('0').trim_end_matches(self.decimal);
        format!("{sign}{short}{}%", self.percent_gap)
    }

    /// A whole number with group separators.
    #[must_use]
    pub fn number(&self, number: u64) -> String {
        self.decimal(number, 0)
    }

    /// The day of a time in UTC: `November 29, 2026`, `29. November 2026`.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> String {
        let (year, day) = (at.year(), at.day());
        let month = |names: [&'static str; 12]| {
            usize::try_from(at.month0()).ok().and_then(|at| names.get(at).copied()).unwrap_or_default()
        };
        match (self.language, self.region) {
            ("en", "" | "US" | "CA" | "PH") => format!("{} {day}, {year}", month(ENGLISH_MONTHS)),
            ("en", _) => format!("{day} {} {year}", month(ENGLISH_MONTHS)),
            ("de", _) => format!("{day}. {} {year}", month(GERMAN_MONTHS)),
            ("fr", _) if day == 1 => format!("1er {} {year}", month(FRENCH_MONTHS)),
            ("fr", _) => format!("{day} {} {year}", month(FRENCH_MONTHS)),
            ("ja", _) => format!("{year}年{}月{day}日", at.month()),
            _ => at.format("%Y-%m-%d").to_string(),
        }
    }

    /// The day and minute of a time in UTC.
    #[must_use]
    pub fn date_time(&self, at: Timestamp) -> String {
        let (date, time) = (self.date(at), format!("{:02}:{:02}", at.hour(), at.minute()));
        match self.language {
            "de" => format!("{date}, {time} Uhr UTC"),
            "fr" => format!("{date} à {time} UTC"),
            "ja" => format!("{date} {time}（UTC）"),
            _ => format!("{date}, {time} UTC"),
        }
    }

    /// The name of a country; in English for languages without names.
    #[must_use]
    pub fn country(&self, country: Country) -> &'static str {
        addresses::country_name(self.language, country)
    }

    /// The digits of an amount, with at least one before the decimal sign.
    fn decimal(&self, minor: u64, digits: u32) -> String {
        let unit = 10_u64.pow(digits);
        let whole = self.grouped(minor / unit);
        if digits == 0 {
            return whole;
        }
        let width = usize::try_from(digits).unwrap_or_default();
        format!("{whole}{}{:0width$}", self.decimal, minor % unit)
    }

    fn grouped(&self, whole: u64) -> String {
        let digits = whole.to_string();
        let mut text = String::with_capacity(digits.len() * 2);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push_str(self.group);
            }
            text.push(digit);
        }
        text
    }

    fn symbol(&self, currency: Currency) -> &'static str {
        symbol(self.language, self.region, currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(tag: &str, use_it: impl FnOnce(Formats<'_>) -> T) -> T {
        let locale: Locale = tag.parse().unwrap();
        use_it(Formats::of(&locale))
    }

    fn money(tag: &str, minor: i64, currency: &str) -> String {
        with(tag, |formats| formats.money(Money::new(minor, currency.parse().unwrap())))
    }

    /// Vectors of CLDR 48, from ICU's number formatter.
    #[test]
    fn amounts_are_written_as_in_cldr() {
        for (tag, minor, currency, expected) in [
            ("en", 123_456_750, "USD", "$1,234,567.50"),
            ("en", -123_456_750, "EUR", "-€1,234,567.50"),
            ("en", 1_250, "CHF", "CHF\u{a0}12.50"),
            ("en", 1_250, "CAD", "CA$12.50"),
            ("en", 1_250, "JPY", "¥1,250"),
            ("en-GB", 1_250, "USD", "US$12.50"),
            ("en-CA", 1_250, "CAD", "$12.50"),
            ("de", 123_456_750, "EUR", "1.234.567,50\u{a0}€"),
            ("de", -5, "EUR", "-0,05\u{a0}€"),
            ("de", 1_250, "USD", "12,50\u{a0}$"),
            ("de", 1_250, "JPY", "1.250\u{a0}¥"),
            ("de-AT", 123_450, "EUR", "€\u{a0}1\u{a0}234,50"),
            ("de-CH", 123_450, "CHF", "CHF\u{a0}1’234.50"),
            ("fr", 123_456_750, "EUR", "1\u{202f}234\u{202f}567,50\u{a0}€"),
            ("fr", 1_250, "USD", "12,50\u{a0}$US"),
            ("fr-CH", 123_450, "CHF", "1\u{202f}234.50\u{a0}CHF"),
            ("fr-CA", 123_450, "CAD", "1\u{a0}234,50\u{a0}$"),
            ("ja", 1_234_567, "JPY", "￥1,234,567"),
            ("ja", 1_250, "USD", "$12.50"),
            ("ja", 1_250, "KWD", "KWD\u{a0}1.250"),
            ("pl", 123_450, "PLN", "1\u{a0}234,50\u{a0}PLN"),
            ("zh", 1_250, "CNY", "CNY\u{a0}12.50"),
        ] {
            assert_eq!(money(tag, minor, currency), expected, "{tag} {minor} {currency}");
        }
    }

    #[test]
    fn percentages_have_no_trailing_zeros() {
        for (tag, millionths, expected) in [
            ("en", 190_000, "19%"),
            ("en", 72_500, "7.25%"),
            ("en", 100_000, "10%"),
            ("en", 0, "0%"),
            ("en", 5_000, "0.5%"),
            ("en", 88_750, "8.875%"),
            ("de", 72_500, "7,25\u{a0}%"),
            ("fr", 55_000, "5,5\u{202f}%"),
            ("fr-CH", 81_000, "8.1%"),
            ("ja", 1_000_000, "100%"),
        ] {
            assert_eq!(with(tag, |formats| formats.percent(millionths)), expected, "{tag} {millionths}");
        }
    }

    #[test]
    fn dates_are_written_out() {
        let at: Timestamp = "2026-11-01T19:05:00Z".parse().unwrap();
        for (tag, expected) in [
            ("en", "November 1, 2026"),
            ("en-GB", "1 November 2026"),
            ("de", "1. November 2026"),
            ("fr", "1er novembre 2026"),
            ("ja", "2026年11月1日"),
            ("es", "2026-11-01"),
        ] {
            assert_eq!(with(tag, |formats| formats.date(at)), expected, "{tag}");
        }
        assert_eq!(with("de", |formats| formats.date_time(at)), "1. November 2026, 19:05 Uhr UTC");
        assert_eq!(with("ja", |formats| formats.date_time(at)), "2026年11月1日 19:05（UTC）");
    }
}
