//! Coercion of variables before execution: a missing or mistyped variable rejects the whole request.

use async_graphql::{
    Name, Positioned, Value as ConstValue, Variables,
    parser::types::{BaseType, ExecutableDocument, Type, VariableDefinition},
};

use chrono::{DateTime, Datelike as _, Utc};

use crate::rejection::Rejection;

use super::index::{InputShape, SchemaIndex, named_type};

/// Rejects variables of unknown input types, in all operations.
pub fn check_types(document: &ExecutableDocument, index: &SchemaIndex) -> Result<(), Rejection> {
    let mut definitions = document.operations.iter().flat_map(|(_, operation)| &operation.node.variable_definitions);
    definitions.try_for_each(|definition| {
        let name = named_type(&definition.node.var_type.node);
        let is_known = BUILT_IN.contains(&name.as_str()) || index.input(name).is_some();
        if is_known {
            return Ok(());
        }
        let message = format!("there is no input type \"{}\"", shortened(name));
        Err(Rejection::input(message).at(definition.pos))
    })
}

/// The built-in scalars.
const BUILT_IN: [&str; 5] = ["Int", "Float", "String", "Boolean", "ID"];

/// Removes variables that the operation does not declare, and adds the defaults of omitted ones: the engine evaluates
/// `@skip` and `@include` from given values only.
pub fn complete(definitions: &[Positioned<VariableDefinition>], variables: &mut Variables) {
    let is_declared = |name: &Name| definitions.iter().any(|definition| definition.node.name.node == *name);
    variables.retain(|name, _| is_declared(name));
    for definition in definitions {
        let variable = &definition.node;
        if let Some(default) = &variable.default_value {
            variables.entry(variable.name.node.clone()).or_insert_with(|| default.node.clone());
        }
    }
}

/// Checks the given values against the declared types.
pub fn check(
    definitions: &[Positioned<VariableDefinition>],
    variables: &Variables,
    index: &SchemaIndex,
) -> Result<(), Rejection> {
    for definition in definitions {
        let variable = &definition.node;
        let ty = &variable.var_type.node;
        let problem = match variables.get(&variable.name.node) {
            Some(value) => mismatch(ty, value, index).or_else(|| nul(value)).or_else(|| wrong_time(ty, value, index)),
            None if !ty.nullable && variable.default_value.is_none() => Some("it is required".to_owned()),
            None => None,
        };
        if let Some(problem) = problem {
            let message = format!("variable \"${}\" of type \"{ty}\" is invalid: {problem}", variable.name.node);
            return Err(Rejection::input(message).at(definition.pos));
        }
    }
    Ok(())
}

/// Rejects U+0000, which the stores cannot save in text.
pub fn nul(value: &ConstValue) -> Option<String> {
    has_nul(value).then(|| "it contains the character U+0000, which is not allowed in text".to_owned())
}

fn has_nul(value: &ConstValue) -> bool {
    match value {
        ConstValue::String(text) => text.contains('\0'),
        ConstValue::List(values) => values.iter().any(has_nul),
        ConstValue::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}

/// Rejects times outside the years 1 to 9999, which the stores support. The engine rejects malformed times.
pub fn wrong_time(ty: &Type, value: &ConstValue, index: &SchemaIndex) -> Option<String> {
    match (&ty.base, value) {
        (BaseType::List(item), ConstValue::List(values)) => {
            values.iter().find_map(|value| wrong_time(item, value, index))
        }
        (BaseType::List(item), value) => wrong_time(item, value, index),
        (BaseType::Named(name), ConstValue::String(text)) if name == "DateTime" => {
            let time: DateTime<Utc> = text.parse().ok()?;
            (!(1..=9999).contains(&time.year())).then(|| "a time must be in the years 1 to 9999".to_owned())
        }
        (BaseType::Named(name), ConstValue::Object(given)) => {
            let Some(InputShape::Object { fields, .. }) = index.input(name) else { return None };
            given.iter().find_map(|(field, value)| wrong_time(&fields.get(field)?.ty, value, index))
        }
        _ => None,
    }
}

/// The reason why a value does not match a type; none if it matches. Bytes, which neither JSON nor a document can contain,
/// represent a variable inside a literal and match every type.
pub fn mismatch(ty: &Type, value: &ConstValue, index: &SchemaIndex) -> Option<String> {
    if matches!(value, ConstValue::Binary(_)) {
        return None;
    }
    if matches!(value, ConstValue::Null) {
        return (!ty.nullable).then(|| format!("expected \"{ty}\", found null"));
    }
    match (&ty.base, value) {
        (BaseType::List(item), ConstValue::List(values)) => values
            .iter()
            .enumerate()
            .find_map(|(at, value)| mismatch(item, value, index).map(|problem| format!("at index {at}: {problem}"))),
        (BaseType::List(item), value) => mismatch(item, value, index),
        (BaseType::Named(name), value) => named(name, value, index),
    }
}

fn named(name: &Name, value: &ConstValue, index: &SchemaIndex) -> Option<String> {
    let fits = match name.as_str() {
        "Int" => matches!(value, ConstValue::Number(number) if is_int(number)),
        "Float" => matches!(value, ConstValue::Number(_)),
        "String" => matches!(value, ConstValue::String(_)),
        "Boolean" => matches!(value, ConstValue::Boolean(_)),
        "ID" => match value {
            ConstValue::String(_) => true,
            ConstValue::Number(number) => number.is_i64() || number.is_u64(),
            _ => false,
        },
        _ => return declared(name, value, index),
    };
    (!fits).then(|| format!("expected \"{name}\""))
}

fn declared(name: &Name, value: &ConstValue, index: &SchemaIndex) -> Option<String> {
    match index.input(name) {
        None => Some(format!("there is no input type \"{name}\"")),
        Some(InputShape::Scalar) => None,
        Some(InputShape::Enum(values)) => {
            let given = match value {
                ConstValue::String(text) => text.as_str(),
                ConstValue::Enum(name) => name.as_str(),
                _ => return Some(format!("expected a value of \"{name}\"")),
            };
            (!values.contains(given)).then(|| format!("\"{name}\" has no such value"))
        }
        Some(InputShape::Object { .. }) => object(name, value, index),
    }
}

fn object(name: &Name, value: &ConstValue, index: &SchemaIndex) -> Option<String> {
    let (Some(InputShape::Object { fields, is_one_of }), ConstValue::Object(given)) = (index.input(name), value) else {
        return Some(format!("expected an object of type \"{name}\""));
    };
    for (field, value) in given {
        let Some(declared) = fields.get(field) else {
            return Some(format!("\"{name}\" has no field \"{}\"", shortened(field)));
        };
        if let Some(problem) = mismatch(&declared.ty, value, index) {
            return Some(format!("at \"{field}\": {problem}"));
        }
    }
    if *is_one_of && (given.len() != 1 || given.values().any(|value| matches!(value, ConstValue::Null))) {
        return Some(format!("\"{name}\" takes exactly one field, and not null"));
    }
    let missing = fields.iter().find(|(field, declared)| {
        !declared.ty.nullable && !declared.has_default && !given.contains_key(field.as_str())
    })?;
    Some(format!("the field \"{}\" of \"{name}\" is required", missing.0))
}

fn is_int(number: &serde_json::Number) -> bool {
    number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
}

fn shortened(name: &str) -> String {
    name.chars().take(50).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SDL: &str = "
        scalar Decimal
        scalar DateTime
        enum Color { RED GREEN }
        input Filter { and: [Filter!] color: Color price: Decimal name: String! size: Int! = 3 since: DateTime }
        input By @oneOf { id: ID slug: String }
        type Query { a: Int }
        schema { query: Query }";

    fn rejection(ty: &str, value: Value) -> Option<String> {
        let index = SchemaIndex::from_sdl(SDL).unwrap();
        let document = async_graphql::parser::parse_query(format!("query Q($v: {ty}) {{ a }}")).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let mut variables = Variables::from_json(value);
        complete(&operation.node.variable_definitions, &mut variables);
        check(&operation.node.variable_definitions, &variables, &index)
            .err()
            .map(|rejection| rejection.errors[0].message.clone())
    }

    #[test]
    fn values_of_the_right_type_pass() {
        for (ty, value) in [
            ("Int", json!({ "v": 2_147_483_647 })),
            ("Int!", json!({ "v": -1 })),
            ("Int", json!({})),
            ("Int! = 3", json!({})),
            ("Float", json!({ "v": 1 })),
            ("ID!", json!({ "v": 12 })),
            ("[Int!]!", json!({ "v": 1 })),
            ("[Int]", json!({ "v": [1, null] })),
            ("Color", json!({ "v": "RED" })),
            ("Decimal", json!({ "v": "12.50" })),
            ("Filter", json!({ "v": { "name": "x", "and": [{ "name": "y", "color": null }] } })),
            ("By!", json!({ "v": { "slug": "x" } })),
            ("String", json!({ "v": "x", "unknown": 1 })),
            ("[DateTime!]", json!({ "v": ["2026-11-28T12:00:00+01:00", "no time"] })),
        ] {
            assert_eq!(rejection(ty, value.clone()), None, "{ty} {value}");
        }
    }

    #[test]
    fn unknown_input_types_are_rejected_in_every_operation() {
        let index = SchemaIndex::from_sdl(SDL).unwrap();
        let rejection = |text: &str| check_types(&async_graphql::parser::parse_query(text).unwrap(), &index).err();
        assert!(rejection("query A($v: [Filter!]! $w: ID) { a } query B($v: Color) { a }").is_none());
        for text in ["query A { a } query B($v: [Nope] = [1]) { a }", "query A($v: Query) { a }"] {
            assert!(
                rejection(text).is_some_and(|rejected| rejected.errors[0].message.contains("no input type")),
                "{text}"
            );
        }
    }

    #[test]
    fn omitted_variables_get_their_defaults() {
        let text = "query Q($a: Int = 3, $b: Int = 4, $c: Int = 5, $d: Int) { a }";
        let document = async_graphql::parser::parse_query(text).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let mut variables = Variables::from_json(json!({ "b": null, "c": 1, "unknown": [1] }));
        complete(&operation.node.variable_definitions, &mut variables);
        assert_eq!(variables, Variables::from_json(json!({ "a": 3, "b": null, "c": 1 })));
    }

    #[test]
    fn values_of_a_wrong_type_are_rejected() {
        for (ty, value, message) in [
            ("Int", json!({ "v": 2_147_483_648_u32 }), "expected \"Int\""),
            ("Int", json!({ "v": 1e30 }), "expected \"Int\""),
            ("Int!", json!({}), "it is required"),
            ("Int! = 3", json!({ "v": null }), "found null"),
            ("String", json!({ "v": 1 }), "expected \"String\""),
            ("[Int!]", json!({ "v": [1, null] }), "at index 1"),
            ("Color", json!({ "v": "BLUE" }), "no such value"),
            ("Filter", json!({ "v": {} }), "\"name\" of \"Filter\" is required"),
            ("Filter", json!({ "v": { "name": "x", "and": [{ "nam": 1 }] } }), "no field \"nam\""),
            ("By!", json!({ "v": { "slug": "x", "id": "y" } }), "exactly one"),
            ("By!", json!({ "v": { "slug": null } }), "exactly one"),
            ("Nothing", json!({ "v": 1 }), "no input type"),
            ("[DateTime!]", json!({ "v": ["-9999-01-01T00:00:00Z"] }), "years 1 to 9999"),
            ("Filter", json!({ "v": { "name": "x", "since": "+10000-01-01T00:00:00Z" } }), "years 1 to 9999"),
            (
                "String",
                json!({ "v": "a\0b" }),
                "variable \"$v\" of type \"String\" is invalid: it contains the character U+0000",
            ),
            ("String = \"a\\u0000b\"", json!({}), "U+0000"),
            ("Decimal", json!({ "v": { "a": ["\0"] } }), "U+0000"),
            ("Decimal", json!({ "v": { "\0": 1 } }), "U+0000"),
            ("Filter", json!({ "v": { "name": "x", "and": [{ "name": "\0" }] } }), "U+0000"),
        ] {
            let rejected = rejection(ty, value.clone()).unwrap_or_else(|| panic!("{ty} {value} passed"));
            assert!(rejected.contains(message), "{rejected}");
        }
    }
}
