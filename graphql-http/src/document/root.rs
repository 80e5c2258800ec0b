//! The root fields of a mutation or a subscription. The engine executes each selection there, even if two fragments contain
//! the same field, and ignores the fragments of a subscription. So fragments are inlined, skipped fields removed and equal
//! fields merged before execution.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Value as ConstValue, Variables,
    parser::types::{Directive, Field, FragmentDefinition, Selection, SelectionSet},
};
use async_graphql_value::Value;

use crate::rejection::Rejection;

/// The root fields that are not skipped with these variables, once per response key.
///
/// # Errors
/// Two different fields have the same response key; validation does not find all such cases.
pub fn fields(
    set: &SelectionSet,
    fragments: &HashMap<Name, Positioned<FragmentDefinition>>,
    variables: &Variables,
) -> Result<Vec<Positioned<Selection>>, Rejection> {
    let mut root = Root { fragments, variables, fields: Vec::new() };
    root.collect(set)?;
    let selections = root.fields.into_iter().map(|field| {
        let pos = field.pos;
        Positioned::new(Selection::Field(field), pos)
    });
    Ok(selections.collect())
}

/// The field of a selection set with exactly one selection, the common case, in which nothing has to be merged.
pub fn only_field(set: &SelectionSet) -> Option<&Name> {
    match set.items.as_slice() {
        [Positioned { node: Selection::Field(field), .. }] => Some(&field.node.name.node),
        _ => None,
    }
}

struct Root<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    variables: &'a Variables,
    fields: Vec<Positioned<Field>>,
}

impl Root<'_> {
    fn collect(&mut self, set: &SelectionSet) -> Result<(), Rejection> {
        for item in &set.items {
            if self.is_skipped(item.node.directives()) {
                continue;
            }
            match &item.node {
                Selection::Field(field) => self.add(field)?,
                Selection::InlineFragment(fragment) => self.collect(&fragment.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.fragments.get(&spread.node.fragment_name.node) {
                        self.collect(&fragment.node.selection_set.node)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, field: &Positioned<Field>) -> Result<(), Rejection> {
        let key = &field.node.response_key().node;
        let Some(known) = self.fields.iter_mut().find(|known| known.node.response_key().node == *key) else {
            self.fields.push(field.clone());
            return Ok(());
        };
        if !is_same(&known.node, &field.node) {
            let message = format!("different fields are called \"{key}\", use an alias for one of them");
            return Err(Rejection::input(message).at(field.pos));
        }
        known.node.selection_set.node.items.extend(field.node.selection_set.node.items.iter().cloned());
        Ok(())
    }

    fn is_skipped(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().any(|directive| {
            let skipping = match directive.node.name.node.as_str() {
                "skip" => true,
                "include" => false,
                _ => return false,
            };
            directive.node.get_argument("if").is_some_and(|condition| self.is_true(&condition.node) == skipping)
        })
    }

    fn is_true(&self, condition: &Value) -> bool {
        match condition {
            Value::Boolean(is_true) => *is_true,
            Value::Variable(name) => matches!(self.variables.get(name), Some(ConstValue::Boolean(true))),
            _ => false,
        }
    }
}

/// True if two fields with the same response key can be merged.
fn is_same(one: &Field, other: &Field) -> bool {
    one.name == other.name
        && one.arguments.len() == other.arguments.len()
        && one.arguments.iter().all(|(name, value)| other.get_argument(&name.node) == Some(value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The response keys with how many selections each has inside.
    fn flattened(query: &str, variables: serde_json::Value) -> Result<Vec<(String, usize)>, Rejection> {
        let document = async_graphql::parser::parse_query(query).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let set = &operation.node.selection_set.node;
        let fields = fields(set, &document.fragments, &Variables::from_json(variables))?;
        Ok(fields
            .iter()
            .map(|field| match &field.node {
                Selection::Field(field) => {
                    (field.node.response_key().node.to_string(), field.node.selection_set.node.items.len())
                }
                _ => panic!("not a field"),
            })
            .collect())
    }

    fn pairs(expected: &[(&str, usize)]) -> Vec<(String, usize)> {
        expected.iter().map(|(key, inside)| ((*key).to_owned(), *inside)).collect()
    }

    #[test]
    fn equal_root_fields_are_merged() {
        for (query, expected) in [
            ("mutation { a(b: 1) { c } a(b: 1) { d } }", &[("a", 2)][..]),
            (
                "mutation { ...A ...B } fragment A on M { a { c } } fragment B on M { a { d } x: a { e } }",
                &[("a", 2), ("x", 1)],
            ),
            ("mutation { a(b: 1, c: 2) { d } ... on M { ... { a(c: 2, b: 1) { e f } } } }", &[("a", 3)]),
            ("mutation { b { c } a { c } b { d } }", &[("b", 2), ("a", 1)]),
        ] {
            assert_eq!(flattened(query, json!({})).unwrap(), pairs(expected), "{query}");
        }
    }

    #[test]
    fn skipped_fields_are_removed() {
        let query = "mutation M($yes: Boolean!) { a @include(if: $yes) { c } ...A @skip(if: $yes) ... @include(if: true) { x: a { d } } }
            fragment A on M { a { d } b @include(if: false) { c } }";
        assert_eq!(flattened(query, json!({ "yes": true })).unwrap(), pairs(&[("a", 1), ("x", 1)]));
        assert_eq!(flattened(query, json!({ "yes": false })).unwrap(), pairs(&[("a", 1), ("x", 1)]));
        let both = "mutation M($yes: Boolean!) { a @include(if: $yes) { c } a @include(if: true) { d } }";
        assert_eq!(flattened(both, json!({ "yes": true })).unwrap(), pairs(&[("a", 2)]));
        assert_eq!(flattened(both, json!({ "yes": false })).unwrap(), pairs(&[("a", 1)]));
    }

    #[test]
    fn different_fields_with_one_key_are_rejected() {
        for query in [
            "mutation { a(b: 1) { c } ...A } fragment A on M { a(b: 2) { c } }",
            "mutation { a { c } ...A } fragment A on M { a: other { c } }",
            "mutation { a { c } ...A } fragment A on M { a(b: 2) { c } }",
        ] {
            assert!(flattened(query, json!({})).is_err(), "{query}");
        }
    }
}
