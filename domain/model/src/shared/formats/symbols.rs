//! Currency symbols by language, from CLDR. A currency without a symbol is written with its code.

use super::super::currency::Currency;

const ENGLISH: &[(&str, &str)] = &[
    ("AUD", "A$"),
    ("BRL", "R$"),
    ("CAD", "CA$"),
    ("CNY", "CN¥"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("HKD", "HK$"),
    ("ILS", "₪"),
    ("INR", "₹"),
    ("JPY", "¥"),
    ("KRW", "₩"),
    ("MXN", "MX$"),
    ("NZD", "NZ$"),
    ("PHP", "₱"),
    ("TWD", "NT$"),
    ("USD", "$"),
    ("VND", "₫"),
];

const GERMAN: &[(&str, &str)] = &[
    ("AUD", "AU$"),
    ("BRL", "R$"),
    ("CAD", "CA$"),
    ("CNY", "CN¥"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("HKD", "HK$"),
    ("ILS", "₪"),
    ("INR", "₹"),
    ("JPY", "¥"),
    ("KRW", "₩"),
    ("MXN", "MX$"),
    ("NZD", "NZ$"),
    ("TWD", "NT$"),
    ("USD", "$"),
    ("VND", "₫"),
];

const FRENCH: &[(&str, &str)] = &[
    ("AUD", "$AU"),
    ("BRL", "R$"),
    ("CAD", "$CA"),
    ("EUR", "€"),
    ("GBP", "£GB"),
    ("ILS", "₪"),
    ("INR", "₹"),
    ("KRW", "₩"),
    ("MXN", "$MX"),
    ("NZD", "$NZ"),
    ("USD", "$US"),
    ("VND", "₫"),
];

const JAPANESE: &[(&str, &str)] = &[
    ("AUD", "A$"),
    ("BRL", "R$"),
    ("CAD", "CA$"),
    ("CNY", "元"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("HKD", "HK$"),
    ("ILS", "₪"),
    ("INR", "₹"),
    ("JPY", "￥"),
    ("KRW", "₩"),
    ("MXN", "MX$"),
    ("NZD", "NZ$"),
    ("TWD", "NT$"),
    ("USD", "$"),
    ("VND", "₫"),
];

/// Other languages agree on the euro only.
const OTHER: &[(&str, &str)] = &[("EUR", "€")];

/// The symbol or code of a currency in a language and region.
pub(super) fn symbol(language: &str, region: &str, currency: Currency) -> &'static str {
    let code = currency.code();
    let table = match (language, region, code) {
        // A country writes its own dollar without a prefix, and others with one.
        ("en", "AU", "AUD") | ("en" | "fr", "CA", "CAD") | ("en", "NZ", "NZD") => return "$",
        ("en", "AU" | "CA" | "GB" | "IE" | "NZ", "USD") => return "US$",
        ("en", ..) => ENGLISH,
        ("de", ..) => GERMAN,
        ("fr", ..) => FRENCH,
        ("ja", ..) => JAPANESE,
        _ => OTHER,
    };
    table.iter().find(|(known, _)| *known == code).map_or(code, |(_, symbol)| symbol)
}
