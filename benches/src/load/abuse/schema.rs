//! The parts of a schema that valid documents are generated from.

use std::{collections::HashMap, fs, path::Path};

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition},
};

use crate::Outcome;

/// Types by name.
#[derive(Default)]
pub struct Schema {
    /// Fields of objects and interfaces.
    pub objects: HashMap<String, Vec<Field>>,
    /// Objects of each interface and union.
    pub possible: HashMap<String, Vec<String>>,
    /// Values of enums.
    pub enums: HashMap<String, Vec<String>>,
    /// Fields of input objects.
    pub inputs: HashMap<String, Vec<Input>>,
}

/// A field of an object.
#[derive(Clone)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The type inside lists.
    pub named: String,
    /// Its arguments.
    pub arguments: Vec<Input>,
}

/// An argument, or a field of an input object.
#[derive(Clone)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// The type inside lists.
    pub named: String,
    /// True for a list.
    pub is_list: bool,
    /// True if it must be given.
    pub is_required: bool,
}

impl Schema {
    /// Reads an SDL file.
    pub fn read(path: &Path) -> Outcome<Self> {
        let mut schema = Self::default();
        for definition in parse_schema(fs::read_to_string(path)?)?.definitions {
            if let TypeSystemDefinition::Type(ty) = definition {
                schema.add(ty.node.name.node.to_string(), ty.node.kind);
            }
        }
        Ok(schema)
    }

    fn add(&mut self, name: String, kind: TypeKind) {
        match kind {
            TypeKind::Object(object) => {
                for interface in object.implements {
                    self.possible.entry(interface.node.to_string()).or_default().push(name.clone());
                }
                self.objects.insert(name, object.fields.iter().map(|one| field(&one.node)).collect());
            }
            TypeKind::Interface(interface) => {
                self.objects.insert(name, interface.fields.iter().map(|one| field(&one.node)).collect());
            }
            TypeKind::Union(union) => {
                let members = union.members.into_iter().map(|member| member.node.to_string());
                self.possible.insert(name, members.collect());
            }
            TypeKind::Enum(values) => {
                let values = values.values.into_iter().map(|value| value.node.value.node.to_string());
                self.enums.insert(name, values.collect());
            }
            TypeKind::InputObject(object) => {
                self.inputs.insert(name, object.fields.iter().map(|one| input(&one.node)).collect());
            }
            TypeKind::Scalar => {}
        }
    }

    /// True if a field of this type needs a selection.
    pub fn is_composite(&self, name: &str) -> bool {
        self.objects.contains_key(name) || self.possible.contains_key(name)
    }
}

fn field(definition: &FieldDefinition) -> Field {
    Field {
        name: definition.name.node.to_string(),
        named: named(&definition.ty.node),
        arguments: definition.arguments.iter().map(|argument| input(&argument.node)).collect(),
    }
}

fn input(definition: &InputValueDefinition) -> Input {
    let ty = &definition.ty.node;
    Input {
        name: definition.name.node.to_string(),
        named: named(ty),
        is_list: matches!(ty.base, BaseType::List(_)),
        is_required: !ty.nullable && definition.default_value.is_none(),
    }
}

fn named(ty: &Type) -> String {
    match &ty.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => named(inner),
    }
}
