//! The differences between two states of an object.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The largest number of differences that an entry contains.
const MAX_CHANGES: usize = 3_000;
/// The largest number of characters of a value; longer ones are truncated.
const MAX_CHARS: usize = 1_000;
/// The fields that identify an element of a list, the preferred one first.
const KEYS: [&str; 7] = ["id", "sku", "handle", "slug", "code", "channel", "locale"];

/// A value that an action changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Path of the value, such as `variants[TEE-M].prices[eu].amount`.
    pub path: String,
    /// Previous value; None if there was none. Text is written as it is, other values as JSON.
    pub from: Option<String>,
    /// New value; None if it was removed.
    pub to: Option<String>,
}

/// The differences between two states of an object.
#[must_use]
pub fn changed<T: Serialize + ?Sized>(before: &T, after: &T) -> Vec<Change> {
    between(&to_value(before), &to_value(after))
}

/// The values of a new object.
#[must_use]
pub fn created<T: Serialize + ?Sized>(after: &T) -> Vec<Change> {
    between(&Value::Null, &to_value(after))
}

/// The values of a deleted object.
#[must_use]
pub fn deleted<T: Serialize + ?Sized>(before: &T) -> Vec<Change> {
    between(&to_value(before), &Value::Null)
}

fn to_value<T: Serialize + ?Sized>(of: &T) -> Value {
    // Serializing to a value fails only for maps whose keys are no text, and no model type has one.
    serde_json::to_value(of).unwrap_or_default()
}

fn between(before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(String::new(), before, after, &mut changes);
    changes
}

fn compare(path: String, before: &Value, after: &Value, changes: &mut Vec<Change>) {
    if before == after || changes.len() >= MAX_CHANGES {
        return;
    }
    match (fields(before), fields(after)) {
        (Some(old), Some(new)) => compare_fields(&path, &old, &new, changes),
        (Some(old), None) if after.is_null() => compare_fields(&path, &old, &Map::new(), changes),
        (None, Some(new)) if before.is_null() => compare_fields(&path, &Map::new(), &new, changes),
        _ => changes.push(Change { path, from: text(before), to: text(after) }),
    }
}

fn compare_fields(path: &str, old: &Map<String, Value>, new: &Map<String, Value>, changes: &mut Vec<Change>) {
    let added = new.keys().filter(|key| !old.contains_key(*key));
    for key in old.keys().chain(added) {
        let value = |of: &Map<String, Value>| of.get(key).cloned().unwrap_or_default();
        let path =
            if path.is_empty() || key.starts_with('[') { format!("{path}{key}") } else { format!("{path}.{key}") };
        compare(path, &value(old), &value(new), changes);
    }
}

/// The fields of an object, or the elements of a list of objects that a key identifies, as `[key]`.
fn fields(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(fields) => Some(fields.clone()),
        Value::Array(elements) if !elements.is_empty() => {
            let key = KEYS.into_iter().find(|key| elements.iter().all(|element| identifies(element, key)))?;
            let named: Map<_, _> = elements
                .iter()
                .map(|element| (format!("[{}]", text(&element[key]).unwrap_or_default()), element.clone()))
                .collect();
            (named.len() == elements.len()).then_some(named)
        }
        _ => None,
    }
}

fn identifies(element: &Value, key: &str) -> bool {
    element.get(key).is_some_and(|value| value.is_string() || value.is_number())
}

fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(if text.chars().count() > MAX_CHARS { text.chars().take(MAX_CHARS).chain(['…']).collect() } else { text })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn all(changes: &[Change]) -> Vec<(&str, Option<&str>, Option<&str>)> {
        changes.iter().map(|change| (change.path.as_str(), change.from.as_deref(), change.to.as_deref())).collect()
    }

    #[test]
    fn names_each_changed_value_by_its_path() {
        let before = json!({ "name": "VAT", "percent": "19", "place": { "country": "DE" }, "tags": ["a"] });
        let after = json!({ "name": "VAT", "percent": "20", "place": { "country": "AT" }, "tags": ["a", "b"] });
        let expected = vec![
            ("percent", Some("19"), Some("20")),
            ("place.country", Some("DE"), Some("AT")),
            ("tags", Some("[\"a\"]"), Some("[\"a\",\"b\"]")),
        ];
        assert_eq!(all(&changed(&before, &after)), expected);
        assert!(changed(&before, &before).is_empty());
    }

    #[test]
    fn matches_elements_of_a_list_by_their_key_in_any_order() {
        let before = json!({ "variants": [{ "sku": "A", "price": 1 }, { "sku": "B", "price": 2 }] });
        let after = json!({ "variants": [{ "sku": "B", "price": 3 }, { "sku": "A", "price": 1 }] });
        assert_eq!(all(&changed(&before, &after)), vec![("variants[B].price", Some("2"), Some("3"))]);
    }

    #[test]
    fn a_new_or_deleted_object_lists_its_values() {
        let object = json!({ "slug": "eu", "name": "Europe", "note": null });
        assert_eq!(all(&created(&object)), vec![("name", None, Some("Europe")), ("slug", None, Some("eu"))]);
        assert_eq!(all(&deleted(&object)), vec![("name", Some("Europe"), None), ("slug", Some("eu"), None)]);
    }

    #[test]
    fn truncates_long_values() {
        let changes = created(&json!({ "text": "ü".repeat(5_000) }));
        assert_eq!(changes[0].to.as_ref().unwrap().chars().count(), MAX_CHARS + 1);
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![Just(Value::Null), any::<i32>().prop_map(Value::from), "[a-c]{0,2}".prop_map(Value::from)];
        leaf.prop_recursive(3, 20, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::hash_map("[a-c]|id", inner, 0..3)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_reverse_exchanges_the_values(before in values(), after in values()) {
            let mut forward: Vec<_> = changed(&before, &after).into_iter().map(|one| (one.path, one.from, one.to)).collect();
            let mut back: Vec<_> = changed(&after, &before).into_iter().map(|one| (one.path, one.to, one.from)).collect();
            forward.sort();
            back.sort();
            prop_assert_eq!(forward, back);
        }
    }
}
