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
    sizes: Sizes,
}

/// Size of a schema.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sizes {
    /// Types.
    pub types: u64,
    /// Types with fields.
    pub objects: u64,
    /// Fields of all objects.
    pub fields: u64,
    /// Arguments of all fields.
    pub arguments: u64,
    /// Fields of all input objects.
    pub input_fields: u64,
    /// Values of all enums.
    pub enum_values: u64,
    /// Bytes of the SDL.
    pub sdl_bytes: u64,
}

/// The cost of a field itself, unless the schema sets another one.
const FIELD: u64 = 1;
/// The same for a root field of a mutation: it writes to a store.
const MUTATION: u64 = 100;

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
    /// The cost of the field itself, without the fields in it.
    pub cost: u64,
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
        index.mark_mutations();
        index.sizes = index.measure(sdl);
        Ok(index)
    }

    fn add(
        &mut self,
        name: Name,
        kind: TypeKind,
        directives: &[Positioned<async_graphql::parser::types::ConstDirective>],
    ) {
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

    fn mark_mutations(&mut self) {
        let root = self.root(OperationType::Mutation).cloned();
        for field in root.and_then(|root| self.objects.get_mut(&root)).into_iter().flat_map(HashMap::values_mut) {
            field.cost = MUTATION;
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

    /// Sets the cost of fields, by `Type.field`. Names that the schema does not have are ignored.
    pub fn set_field_costs(&mut self, costs: &[(&str, u64)]) {
        for (name, cost) in costs {
            let Some((parent, field)) = name.split_once('.') else { continue };
            if let Some(shape) = self.objects.get_mut(parent).and_then(|fields| fields.get_mut(field)) {
                shape.cost = *cost;
            }
        }
    }

    /// The cost of a field itself, without the fields in it.
    pub fn own_cost(&self, parent: Option<&Name>, field: &Name) -> u64 {
        self.field(parent, field).map_or(FIELD, |shape| shape.cost)
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

    /// Size of the schema.
    pub const fn sizes(&self) -> &Sizes {
        &self.sizes
    }

    fn measure(&self, sdl: &str) -> Sizes {
        let mut sizes = Sizes {
            types: length(self.objects.len() + self.inputs.len()),
            objects: length(self.objects.len()),
            sdl_bytes: length(sdl.len()),
            ..Sizes::default()
        };
        for fields in self.objects.values() {
            sizes.fields += length(fields.len());
            sizes.arguments += fields.values().map(|field| length(field.arguments.len())).sum::<u64>();
        }
        for input in self.inputs.values() {
            match input {
                InputShape::Scalar => {}
                InputShape::Enum(values) => sizes.enum_values += length(values.len()),
                InputShape::Object { fields, .. } => sizes.input_fields += length(fields.len()),
            }
        }
        sizes
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
                cost: FIELD,
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

/// The number of entries that a constant argument requests: a number, or the number of different ids in a list.
pub fn count(value: &ConstValue) -> Option<u64> {
    match value {
        ConstValue::Number(number) => Some(number.as_u64().unwrap_or_else(|| {
            let is_negative = number.as_f64().is_some_and(f64::is_sign_negative);
            if is_negative { 0 } else { u64::MAX }
        })),
        ConstValue::List(items) => Some(distinct(items.iter().map(|item| match item {
            ConstValue::String(text) => Some(text.as_str()),
            _ => None,
        }))),
        _ => None,
    }
}

/// The number of different texts; an entry that is not a text counts as different from all others.
pub fn distinct<'a>(items: impl Iterator<Item = Option<&'a str>>) -> u64 {
    let (mut texts, mut others) = (HashSet::new(), 0);
    for item in items {
        match item {
            Some(text) => drop(texts.insert(text)),
            None => others += 1,
        }
    }
    length(texts.len() + others)
}

/// A length as a cost.
pub fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
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
