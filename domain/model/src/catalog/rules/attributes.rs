//! Validation of attribute values.

use super::{ENTRIES, NAME, findings::Findings};
use crate::catalog::{Attribute, AttributeKind, AttributeValue, CatalogErrorCode, ProductType};

/// Maximum length of a number, in characters; any such number fits a decimal.
const NUMBER: usize = 28;

pub(super) fn check(values: &[AttributeValue], kind: &ProductType, findings: &mut Findings) {
    findings.unique("attributes", values.iter().map(|value| &value.slug), "this attribute");
    for (at, value) in values.iter().enumerate() {
        match kind.attributes.iter().find(|attribute| attribute.slug == value.slug) {
            Some(attribute) => check_values(&format!("attributes.{at}.values"), attribute, &value.values, findings),
            None => findings.add(
                CatalogErrorCode::UnknownReference,
                &format!("attributes.{at}.slug"),
                format!("the product type has no attribute {}", value.slug),
            ),
        }
    }
    for attribute in kind.attributes.iter().filter(|attribute| attribute.is_required) {
        if !values.iter().any(|value| value.slug == attribute.slug && !value.values.is_empty()) {
            findings.add(CatalogErrorCode::Required, "attributes", format!("{} needs a value", attribute.slug));
        }
    }
}

fn check_values(path: &str, attribute: &Attribute, values: &[String], findings: &mut Findings) {
    findings.count(path, values.len(), ENTRIES);
    findings.unique(path, values, "this value");
    let takes_many = matches!(attribute.kind, AttributeKind::Text | AttributeKind::Choice);
    if values.len() > 1 && !takes_many {
        findings.add(CatalogErrorCode::TooMany, path, "takes only one value");
    }
    for (at, value) in values.iter().enumerate() {
        if let Err(wanted) = check_value(attribute, value) {
            findings.invalid(&format!("{path}.{at}"), format!("must be {wanted}"));
        }
    }
}

/// Checks a value; the error describes the expected form.
fn check_value(attribute: &Attribute, value: &str) -> Result<(), String> {
    let is_right = match attribute.kind {
        AttributeKind::Text => !value.is_empty() && value.chars().count() <= NAME,
        AttributeKind::Integer => value.parse::<i64>().is_ok_and(|number| number.to_string() == value),
        AttributeKind::Decimal => value.len() <= NUMBER && is_decimal(value),
        AttributeKind::Boolean => matches!(value, "true" | "false"),
        AttributeKind::Date => value.len() == 10 && value.parse::<chrono::NaiveDate>().is_ok(),
        AttributeKind::Choice => attribute.choices.iter().any(|choice| choice == value),
    };
    let wanted = || match attribute.kind {
        AttributeKind::Text => format!("a text of 1 to {NAME} characters"),
        AttributeKind::Integer => "a whole number such as 320".to_owned(),
        AttributeKind::Decimal => "a decimal number such as 1.5".to_owned(),
        AttributeKind::Boolean => "true or false".to_owned(),
        AttributeKind::Date => "a date such as 2026-01-31".to_owned(),
        AttributeKind::Choice => format!("one of {}", attribute.choices.join(", ")),
    };
    if is_right { Ok(()) } else { Err(wanted()) }
}

fn is_decimal(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
    is_number(whole) && is_number(fraction) && !has_leading_zero
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(kind: AttributeKind) -> Attribute {
        Attribute {
            slug: "a".to_owned(),
            name: "A".to_owned(),
            kind,
            is_filterable: true,
            is_required: false,
            choices: vec!["red".to_owned()],
            unit: None,
            translations: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn each_kind_accepts_only_canonical_values() {
        use AttributeKind::{Boolean, Choice, Date, Decimal, Integer, Text};
        for (kind, good, bad) in [
            (Text, &["any"][..], &[""][..]),
            (Integer, &["0", "-3", "320"], &["", "1.0", "007", "+1", "9223372036854775808"]),
            (Decimal, &["0", "1.5", "-0.25"], &["", ".5", "1.", "1e3", "01", "1,5", "NaN"]),
            (Boolean, &["true", "false"], &["True", "1", "yes"]),
            (Date, &["2026-02-28"], &["2026-02-30", "2026-2-3", "28.02.2026"]),
            (Choice, &["red"], &["Red", "blue"]),
        ] {
            let attribute = attribute(kind);
            assert!(good.iter().all(|value| check_value(&attribute, value).is_ok()), "{kind:?}");
            assert!(bad.iter().all(|value| check_value(&attribute, value).is_err()), "{kind:?}");
        }
    }
}
