//! Literals that the engine does not check: those that contain a variable, U+0000, and times outside the supported years.

use std::convert::Infallible;

use async_graphql::{
    Name, Value as ConstValue,
    parser::types::{ExecutableDocument, Field, Selection, SelectionSet},
};
use async_graphql_value::Value;
use bytes::Bytes;

use crate::rejection::Rejection;

use super::{
    index::{FieldShape, SchemaIndex},
    variables::{mismatch, nul, wrong_time},
};

/// Checks the arguments of all operations and fragments, each once. Defaults of variables are checked with their values.
pub fn check(document: &ExecutableDocument, index: &SchemaIndex) -> Result<(), Rejection> {
    for (_, operation) in document.operations.iter() {
        set(&operation.node.selection_set.node, index.root(operation.node.ty), index)?;
    }
    for fragment in document.fragments.values() {
        let fragment = &fragment.node;
        set(&fragment.selection_set.node, Some(&fragment.type_condition.node.on.node), index)?;
    }
    Ok(())
}

fn set(items: &SelectionSet, parent: Option<&Name>, index: &SchemaIndex) -> Result<(), Rejection> {
    items.items.iter().try_for_each(|item| match &item.node {
        Selection::Field(field) => {
            let shape = index.field(parent, &field.node.name.node);
            arguments(&field.node, shape, index)?;
            set(&field.node.selection_set.node, shape.map(|shape| &shape.named), index)
        }
        Selection::InlineFragment(fragment) => {
            let condition = fragment.node.type_condition.as_ref().map(|condition| &condition.node.on.node);
            set(&fragment.node.selection_set.node, condition.or(parent), index)
        }
        // Fragments are checked where they are defined.
        Selection::FragmentSpread(_) => Ok(()),
    })
}

fn arguments(field: &Field, shape: Option<&FieldShape>, index: &SchemaIndex) -> Result<(), Rejection> {
    for (name, value) in &field.arguments {
        let Some(open) = with_open_variables(&value.node) else { continue };
        let ty = shape.and_then(|shape| shape.arguments.get(&name.node));
        let problem = nul(&open).or_else(|| wrong_time(ty?, &open, index));
        let problem = problem.or_else(|| mismatch(ty.filter(|_| has_variable(&value.node))?, &open, index));
        if let Some(problem) = problem {
            let message = format!("invalid value for argument \"{}\": {problem}", name.node);
            return Err(Rejection::input(message).at(value.pos));
        }
    }
    Ok(())
}

/// The value with a placeholder, which matches every type, for each variable. Validation checks the types of variables.
fn with_open_variables(value: &Value) -> Option<ConstValue> {
    value.clone().into_const_with(|_| Ok::<_, Infallible>(ConstValue::Binary(Bytes::new()))).ok()
}

fn has_variable(value: &Value) -> bool {
    match value {
        Value::Variable(_) => true,
        Value::List(items) => items.iter().any(has_variable),
        Value::Object(fields) => fields.values().any(has_variable),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SDL: &str = "
        scalar DateTime
        input Filter { and: [Filter!] name: String size: Int needed: Int! since: DateTime }
        type Query { shops(filter: Filter, names: [String!]): Shop }
        type Shop { name(of: String): String }
        schema { query: Query }";

    fn rejection(query: &str) -> Option<String> {
        let document = async_graphql::parser::parse_query(query).unwrap();
        let rejected = check(&document, &SchemaIndex::from_sdl(SDL).unwrap()).err()?;
        Some(rejected.errors[0].message.clone())
    }

    #[test]
    fn literals_with_variables_are_checked_around_them() {
        for query in [
            "query Q($v: Int!) { shops(filter: { needed: $v, and: [$v, { needed: 1, size: $v }] }) { name } }",
            "query Q($v: Filter) { shops(filter: $v, names: [$v, \"x\"]) { name(of: $v) } }",
            "{ shops(filter: { nothing: 1 }) { name } }",
        ] {
            assert_eq!(rejection(query), None, "{query}");
        }
        for (query, message) in [
            ("query Q($v: Int!) { shops(filter: { needed: $v, isAviable: true }) { name } }", "no field \"isAviable\""),
            ("query Q($v: Int!) { shops(filter: { size: $v }) { name } }", "\"needed\" of \"Filter\" is required"),
            (
                "query Q($v: Int!) { ...F } fragment F on Query { shops(names: [$v, 1]) { name } }",
                "expected \"String\"",
            ),
        ] {
            assert!(rejection(query).is_some_and(|rejected| rejected.contains(message)), "{query}");
        }
    }

    #[test]
    fn times_outside_the_supported_years_are_rejected() {
        let since = |time: &str| {
            format!("{{ shops(filter: {{ needed: 1, and: {{ needed: 1, since: \"{time}\" }} }}) {{ name }} }}")
        };
        for (time, is_rejected) in [
            ("2026-11-28T12:00:00Z", false),
            ("0001-01-01T00:00:00Z", false),
            ("9999-12-31T23:59:59Z", false),
            ("no time", false),
            ("-9999-01-01T00:00:00Z", true),
            ("0000-12-31T23:59:59Z", true),
            ("+10000-01-01T00:00:00Z", true),
        ] {
            assert_eq!(
                rejection(&since(time)).is_some_and(|rejected| rejected.contains("years 1 to 9999")),
                is_rejected,
                "{time}"
            );
        }
    }

    #[test]
    fn the_null_character_is_rejected_everywhere() {
        for query in [
            "{ shops { name(of: \"a\\u0000\") } }",
            "{ shops(filter: { name: \"\\u0000\", needed: 1 }) { name } }",
            "{ shops { ... on Shop { name(of: \"\"\"a\0b\"\"\") } } }",
            "{ ...F } fragment F on Query { shops(names: [\"a\", \"\\u0000\"]) { name } }",
        ] {
            assert!(rejection(query).is_some_and(|rejected| rejected.contains("U+0000")), "{query}");
        }
    }
}
