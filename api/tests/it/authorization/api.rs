//! The root fields of an API, read from its SDL, each with a generated valid call: a new field is tested without
//! a new test.

use std::collections::HashMap;

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition},
};
use serde_json::{Map, Value, json};

/// Depth of the selections.
const DEPTH: usize = 2;

/// Values for arguments, by a path such as `product.slug`, which is set even if it is optional, or by the last part of
/// a path, such as `cartId`, which is set where it is required.
pub type Things = HashMap<String, Value>;

/// An API.
pub struct Api {
    types: HashMap<String, TypeDefinition>,
}

/// One operation with one root field.
#[derive(Debug, Clone)]
pub struct Call {
    /// The root field.
    pub field: String,
    /// True if the results arrive as events.
    pub is_subscription: bool,
    /// The document.
    pub query: String,
    /// The variables of the operation.
    pub variables: Value,
}

impl Api {
    /// Reads an SDL.
    pub fn parse(sdl: &str) -> Self {
        let definitions = parse_schema(sdl).unwrap().definitions.into_iter();
        let types = definitions.filter_map(|definition| match definition {
            TypeSystemDefinition::Type(found) => Some((found.node.name.node.to_string(), found.node)),
            _ => None,
        });
        Self { types: types.collect() }
    }

    /// One call per root field, in the order of the SDL; fields that end a session come last.
    pub fn calls(&self, things: &Things) -> Vec<Call> {
        let roots = ["Query", "Mutation", "Subscription"];
        let fields = roots.into_iter().flat_map(|root| self.fields(root).into_iter().map(move |field| (root, field)));
        let mut calls: Vec<Call> = fields.map(|(root, field)| self.call(root, field, things)).collect();
        calls.sort_by_key(|call| call.field.ends_with("Logout"));
        calls
    }

    fn fields(&self, name: &str) -> Vec<&FieldDefinition> {
        match self.types.get(name).map(|found| &found.kind) {
            Some(TypeKind::Object(object)) => object.fields.iter().map(|field| &field.node).collect(),
            _ => Vec::new(),
        }
    }

    fn call(&self, root: &str, field: &FieldDefinition, things: &Things) -> Call {
        let name = field.name.node.as_str();
        let make = Make { api: self, field: name, things };
        let (mut declared, mut passed, mut variables) = (Vec::new(), Vec::new(), Map::new());
        for argument in field.arguments.iter().map(|argument| &argument.node) {
            if let Some(value) = make.given(name, argument) {
                let key = argument.name.node.as_str();
                declared.push(format!("${key}: {}", argument.ty.node));
                passed.push(format!("{key}: ${key}"));
                variables.insert(key.to_owned(), value);
            }
        }
        let in_parentheses =
            |list: &[String]| if list.is_empty() { String::new() } else { format!("({})", list.join(", ")) };
        let query = format!(
            "{}{} {{ {name}{} {} }}",
            root.to_lowercase(),
            in_parentheses(&declared),
            in_parentheses(&passed),
            self.selection(&field.ty.node, DEPTH).unwrap_or_default(),
        );
        Call { field: name.to_owned(), is_subscription: root == "Subscription", query, variables: variables.into() }
    }

    /// The selection of a type with its braces; empty for scalars, none if it is nested too deeply.
    fn selection(&self, ty: &Type, depth: usize) -> Option<String> {
        match self.types.get(named(ty)).map(|found| &found.kind) {
            Some(TypeKind::Union(_)) => Some("{ __typename }".to_owned()),
            Some(TypeKind::Interface(_)) => Some("{ __typename id }".to_owned()),
            Some(TypeKind::Object(_)) if depth == 0 => None,
            Some(TypeKind::Object(_)) => {
                let fields =
                    self.fields(named(ty)).into_iter().filter(|field| !field.arguments.iter().any(is_required));
                let read = fields.filter_map(|field| {
                    let below = self.selection(&field.ty.node, depth - 1)?;
                    Some(format!("{} {below}", field.name.node))
                });
                Some(format!("{{ __typename {} }}", read.collect::<Vec<_>>().join(" ")))
            }
            _ => Some(String::new()),
        }
    }
}

/// Generates the arguments of one field.
struct Make<'a> {
    api: &'a Api,
    field: &'a str,
    things: &'a Things,
}

impl Make<'_> {
    /// The value of an argument or input field; none if it is omitted.
    fn given(&self, above: &str, input: &InputValueDefinition) -> Option<Value> {
        let name = input.name.node.as_str();
        let path = format!("{above}.{name}");
        if let Some(value) = self.things.get(&path) {
            return Some(value.clone());
        }
        let is_required = !input.ty.node.nullable && input.default_value.is_none();
        is_required.then(|| self.things.get(name).cloned().unwrap_or_else(|| self.value(&path, &input.ty.node)))
    }

    fn value(&self, path: &str, ty: &Type) -> Value {
        let name = match &ty.base {
            BaseType::List(inner) => return json!([self.value(path, inner)]),
            BaseType::Named(name) => name.as_str(),
        };
        match (name, self.api.types.get(name).map(|found| &found.kind)) {
            ("Int", _) => json!(1),
            ("Boolean", _) => json!(false),
            ("Decimal", _) => json!("1.00"),
            ("DateTime", _) => json!("2099-01-01T00:00:00Z"),
            ("ID", _) => json!(format!("gid://mercator/{}/0192c7a0-0000-7000-8000-000000000000", self.kind(path))),
            ("String", _) => json!("text"),
            (_, Some(TypeKind::Enum(found))) => json!(found.values[0].node.value.node.as_str()),
            (_, Some(TypeKind::InputObject(found))) => {
                let is_one_of = self.api.types[name].directives.iter().any(|one| one.node.name.node == "oneOf");
                let fields = found.fields.iter().map(|field| &field.node);
                if is_one_of {
                    let first = fields.take(1).map(|first| {
                        let key = first.name.node.as_str();
                        (key.to_owned(), self.value(&format!("{path}.{key}"), &first.ty.node))
                    });
                    return Value::Object(first.collect());
                }
                let fields = fields.filter_map(|field| Some((field.name.node.to_string(), self.given(path, field)?)));
                Value::Object(fields.collect())
            }
            _ => panic!("say in the things of the test what {path} is"),
        }
    }

    /// The type of an id, guessed as the longest type name that the root field starts with.
    fn kind(&self, path: &str) -> &str {
        let begins = |name: &&String| self.field.to_lowercase().starts_with(&name.to_lowercase());
        let found = self.api.types.keys().filter(begins).max_by_key(|name| name.len());
        found.unwrap_or_else(|| panic!("say in the things of the test what {path} is"))
    }
}

fn is_required(argument: &async_graphql::Positioned<InputValueDefinition>) -> bool {
    !argument.node.ty.node.nullable && argument.node.default_value.is_none()
}

fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}
