//! The fields and input types of the schema, for checking costs and variables; parsed from the SDL once at start.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned, Value as ConstValue,
    parser::types::{
        BaseType, FieldDefinition, InputObjectType, InputValueDefinition, OperationType, Type, TypeKind,
        TypeSystemDefinition,
    },
};

/// The types of a schema.
#[derive(Debug, Default)]
pub struct SchemaIndex {
    objects: HashMap<Name, HashMap<Name, FieldShape>>,
    inputs: HashMap<Name, InputShape>,
    roots: HashMap<&'static str, Name>,
    types: u64,
    root_costs: &'static [(&'static str, u64)],
}

/// The type of a field and the arguments that limit its size.
#[derive(Debug)]
pub struct FieldShape {
    /// The named type inside lists and non-nulls.
    pub named: Name,
    /// True if it is a list.
    pub is_list: bool,
    /// True if it is a Relay connection.
    pub is_connection: bool,
    /// True if its type has fields.
    pub is_composite: bool,
    /// The arguments that limit the number of entries, with their defaults.
    pub sizes: Vec<(Name, Option<u64>)>,
    /// All arguments with their types.
    pub arguments: HashMap<Name, Type>,
}

/// An input type.
#[derive(Debug)]
pub enum InputShape {
    /// A scalar; resolvers check custom scalars.
    Scalar,
    /// The allowed values.
    Enum(HashSet<Name>),
    /// An object; `is_one_of` if exactly one field must be given.
    Object { fields: HashMap<Name, InputField>, is_one_of: bool },
}

/// A field of an input object.
#[derive(Debug)]
pub struct InputField {
    /// Its type.
    pub ty: Type,
    /// True if it has a default and can be omitted.
    pub has_default: bool,
}

impl SchemaIndex {
    /// Parses the SDL of a schema.
    ///
    /// # Errors
    /// A parser error if the text is not SDL.
    pub fn from_sdl(sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let mut index = Self::default();
        for definition in async_graphql::parser::parse_schema(sdl)?.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    let schema = schema.node;
                    let roots =
                        [("query", schema.query), ("mutation", schema.mutation), ("subscription", schema.subscription)];
                    index.roots.extend(roots.into_iter().filter_map(|(kind, name)| Some((kind, name?.node))));
                }
                TypeSystemDefinition::Type(ty) => index.add(ty.node.name.node, ty.node.kind, &ty.node.directives),
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        index.mark_composites();
        Ok(index)
    }

    fn add(
        &mut self,
        name: Name,
        kind: TypeKind,
        directives: &[Positioned<async_graphql::parser::types::ConstDirective>],
    ) {
        self.types += 1;
        match kind {
            TypeKind::Scalar => drop(self.inputs.insert(name, InputShape::Scalar)),
            TypeKind::Object(object) => drop(self.objects.insert(name, fields(object.fields))),
            TypeKind::Interface(interface) => drop(self.objects.insert(name, fields(interface.fields))),
            TypeKind::Union(_) => drop(self.objects.insert(name, HashMap::new())),
            TypeKind::Enum(values) => {
                let values = values.values.into_iter().map(|value| value.node.value.node).collect();
                self.inputs.insert(name, InputShape::Enum(values));
            }
            TypeKind::InputObject(object) => {
                let is_one_of = directives.iter().any(|directive| directive.node.name.node == "oneOf");
                self.inputs.insert(name, input_object(object, is_one_of));
            }
        }
    }

    fn mark_composites(&mut self) {
        let names: HashSet<Name> = self.objects.keys().cloned().collect();
        for field in self.objects.values_mut().flat_map(HashMap::values_mut) {
            field.is_composite = names.contains(&field.named);
        }
    }

    /// The name of the root type of an operation.
    pub fn root(&self, kind: OperationType) -> Option<&Name> {
        self.roots.get(match kind {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        })
    }

    /// Sets the cost of root query fields that cost more than one, by name.
    pub fn set_root_costs(&mut self, costs: &'static [(&'static str, u64)]) {
        self.root_costs = costs;
    }

    /// The cost of a field itself, without the fields in it.
    pub fn own_cost(&self, parent: Option<&Name>, field: &Name) -> u64 {
        let is_root = parent.is_some() && parent == self.root(OperationType::Query);
        let cost = self.root_costs.iter().find(|(name, _)| is_root && field == name);
        cost.map_or(1, |(_, cost)| *cost)
    }

    /// A field of an object or interface.
    pub fn field(&self, parent: Option<&Name>, field: &Name) -> Option<&FieldShape> {
        self.objects.get(parent?)?.get(field)
    }

    /// True if it is an object or interface of the schema.
    pub fn has_fields(&self, name: &Name) -> bool {
        self.objects.contains_key(name)
    }

    /// An input type.
    pub fn input(&self, name: &str) -> Option<&InputShape> {
        self.inputs.get(name)
    }

    /// The number of types.
    pub const fn types(&self) -> u64 {
        self.types
    }
}

fn fields(definitions: Vec<Positioned<FieldDefinition>>) -> HashMap<Name, FieldShape> {
    definitions
        .into_iter()
        .map(|definition| {
            let definition = definition.node;
            let named = named_type(&definition.ty.node).clone();
            let sizes = definition.arguments.iter().filter_map(|argument| size_argument(&argument.node)).collect();
            let arguments = definition.arguments.into_iter().map(|argument| argument.node);
            let shape = FieldShape {
                is_list: matches!(definition.ty.node.base, BaseType::List(_)),
                is_connection: named.ends_with("Connection"),
                is_composite: false,
                named,
                sizes,
                arguments: arguments.map(|argument| (argument.name.node, argument.ty.node)).collect(),
            };
            (definition.name.node, shape)
        })
        .collect()
}

fn size_argument(argument: &InputValueDefinition) -> Option<(Name, Option<u64>)> {
    let name = argument.name.node.clone();
    let default = argument.default_value.as_ref().and_then(|value| count(&value.node));
    matches!(name.as_str(), "first" | "last" | "ids").then_some((name, default))
}

/// The number of entries that a constant argument requests: a number, or the length of a list of ids.
pub fn count(value: &ConstValue) -> Option<u64> {
    match value {
        ConstValue::Number(number) => Some(number.as_u64().unwrap_or_else(|| {
            let is_negative = number.as_f64().is_some_and(f64::is_sign_negative);
            if is_negative { 0 } else { u64::MAX }
        })),
        ConstValue::List(items) => u64::try_from(items.len()).ok(),
        _ => None,
    }
}

fn input_object(object: InputObjectType, is_one_of: bool) -> InputShape {
    let fields = object
        .fields
        .into_iter()
        .map(|field| {
            let field = field.node;
            (field.name.node, InputField { ty: field.ty.node, has_default: field.default_value.is_some() })
        })
        .collect();
    InputShape::Object { fields, is_one_of }
}

/// The name inside lists.
pub fn named_type(ty: &Type) -> &Name {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named_type(inner),
    }
}
