//! Which variables a field uses, how many list elements its arguments have, and how many bytes a variable takes when the
//! engine copies it.

use async_graphql::{Name, Value as ConstValue, parser::types::Field};
use async_graphql_value::Value;

use super::index::length;

/// Bytes of a value beside its text.
const VALUE: u64 = 64;

/// The approximate size of a value in bytes.
pub fn size(value: &ConstValue) -> u64 {
    // `usize` has at most 64 bits, so the conversion cannot fail.
    let text = |text: &str| u64::try_from(text.len()).unwrap_or(u64::MAX);
    let inner = match value {
        ConstValue::String(string) => text(string),
        ConstValue::List(items) => items.iter().map(size).sum(),
        ConstValue::Object(fields) => fields.iter().map(|(name, value)| VALUE + text(name) + size(value)).sum(),
        _ => 0,
    };
    VALUE.saturating_add(inner)
}

/// The number of elements of all lists in a value.
pub fn elements(value: &ConstValue) -> u64 {
    match value {
        ConstValue::List(items) => {
            items.iter().fold(length(items.len()), |sum, item| sum.saturating_add(elements(item)))
        }
        ConstValue::Object(fields) => fields.values().fold(0, |sum, value| sum.saturating_add(elements(value))),
        _ => 0,
    }
}

/// The number of elements of all lists in the arguments of a field, without those of variables.
pub fn written_elements(field: &Field) -> u64 {
    field.arguments.iter().fold(0, |sum, (_, value)| sum.saturating_add(written(&value.node)))
}

fn written(value: &Value) -> u64 {
    match value {
        Value::List(items) => items.iter().fold(length(items.len()), |sum, item| sum.saturating_add(written(item))),
        Value::Object(fields) => fields.values().fold(0, |sum, value| sum.saturating_add(written(value))),
        _ => 0,
    }
}

/// The variables in the arguments of a field, once per occurrence.
pub fn used(field: &Field) -> Vec<Name> {
    let mut names = Vec::new();
    for (_, value) in &field.arguments {
        add_used(&value.node, &mut names);
    }
    names
}

fn add_used(value: &Value, names: &mut Vec<Name>) {
    match value {
        Value::Variable(name) => names.push(name.clone()),
        Value::List(items) => items.iter().for_each(|item| add_used(item, names)),
        Value::Object(fields) => fields.values().for_each(|value| add_used(value, names)),
        _ => {}
    }
}
