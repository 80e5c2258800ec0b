//! Ids, cursors, amounts, names and addresses: whatever parses is written as it was read, and normalizing is stable.

use std::{fmt::Display, str::FromStr};

use fuzz::{fuzz, mutated};
use model::{
    Address, BasisPoints, Country, Currency, IdempotencyKey, Locale, Money, Slug,
    customers::Email,
    ids::{CartId, OrderId, ProductId, VariantId},
    search::{Cursor, CursorKey, SortKey},
};
use proptest::prelude::*;

const WORDS: &[&str] = &[
    "gid://", "mercator", "Cart", "/", "-", "@", ".", "..", "%2e", "0", "1", "٣", "é", "e\u{301}", "\u{202e}", "\0",
    " ",
];

/// Checks that a text is either rejected or has one written form.
fn stable<T: FromStr + Display + PartialEq + std::fmt::Debug>(text: &str)
where
    T::Err: std::fmt::Debug,
{
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string().parse::<T>().unwrap(), value, "{text:?}");
    }
}

#[test]
fn ids_and_names() {
    let examples = vec![
        CartId::new().to_string(),
        OrderId::new().to_string(),
        ProductId::new().to_string(),
        VariantId::new().to_string(),
        "ada@demo.test".to_owned(),
        "classic-tee".to_owned(),
        "de-AT".to_owned(),
        "cart-2026-11-29-0001".to_owned(),
    ];
    fuzz(&mutated(examples, WORDS), |text| {
        stable::<CartId>(&text);
        stable::<OrderId>(&text);
        stable::<ProductId>(&text);
        stable::<VariantId>(&text);
        stable::<Email>(&text);
        stable::<Slug>(&text);
        stable::<Locale>(&text);
        let _ = text.parse::<IdempotencyKey>();
        let _ = text.parse::<Country>();
    });
}

#[test]
fn cursors() {
    let cursor = |sort, key| Cursor { sort, key, id: ProductId::new() }.to_string();
    let examples = vec![
        cursor(SortKey::Price, CursorKey::Number(-1_990)),
        cursor(SortKey::Name, CursorKey::Text("zoë's 定番".to_owned())),
        cursor(SortKey::Price, CursorKey::Missing),
    ];
    fuzz(&mutated(examples, &["0", "7", "f", "ff", "00", "é", "c3", "27"]), |text| stable::<Cursor>(&text));
}

#[test]
fn amounts() {
    let examples = ["12.50", "0", "-1.5", "1250", "99999999999999.99"].map(str::to_owned).to_vec();
    let currencies = prop::sample::select(vec!["EUR", "JPY", "KWD"]);
    fuzz(&(mutated(examples, &[".", "-", "+", "e", "0", "00", "9", "٣", ",", " "]), currencies), |(text, code)| {
        let currency: Currency = code.parse().unwrap();
        if let Ok(money) = Money::parse(&text, currency) {
            assert_eq!(Money::parse(&money.to_decimal(), currency), Ok(money), "{text:?}");
        }
        let _ = BasisPoints::parse(&text);
    });
}

#[test]
fn addresses() {
    let text = || prop_oneof![any::<String>(), "[A-Za-z0-9 -]{0,12}", "\\s{0,4}", ".{190,210}"];
    let optional = || prop::option::of(text());
    let country = prop::sample::select(Country::all().collect::<Vec<_>>());
    let region = prop::option::of(prop_oneof![text(), "[a-z]{2}-[a-z]{1,3}", "[A-Z]{2}"]);
    let address = (text(), text(), optional(), text(), optional(), text(), text(), region, country, optional());
    fuzz(&address, |(first_name, last_name, company, street1, street2, postal_code, city, region, country, phone)| {
        let address =
            Address { first_name, last_name, company, street1, street2, postal_code, city, region, country, phone };
        let normalized = address.normalized();
        assert_eq!(normalized.clone().normalized(), normalized);
        let _ = normalized.invalid_fields();
    });
}
