//! The static cost of an operation: each field costs one, each list as often as it may have entries. It is compiled once
//! per document into a sum whose few open places are the variables that say how much is wanted.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Variables,
    parser::types::{Field, FragmentDefinition, OperationDefinition, OperationType, Selection, SelectionSet},
};
use async_graphql_value::Value;

use super::{
    index::{FieldShape, SchemaIndex, count},
    introspection,
    variable_use::{size, used},
};

/// Entries of a connection that does not say how many it wants.
const DEFAULT_PAGE: u64 = 20;
/// Entries of a list of objects that cannot be asked for a number.
const DEFAULT_LIST: u64 = 5;
/// The same below an object in one of its own kind: who goes up a tree and down again meets everything again, however
/// wide the tree is.
const LIST_ON_THE_WAY_BACK: u64 = 50;
/// What a mutation costs beyond its answer.
const MUTATION: u64 = 10;

/// What an operation costs.
#[derive(Debug, Clone, Default)]
pub struct Cost {
    fixed: u64,
    /// The variables that its arguments use, each as often as it is used.
    used: Vec<Name>,
    lists: Vec<List>,
}

#[derive(Debug, Clone)]
struct List {
    size: Size,
    entry: Cost,
}

/// How many entries a list may have.
#[derive(Debug, Clone)]
enum Size {
    Fixed(u64),
    /// The largest of what several arguments ask for, or `absent` when none of them does.
    Asked {
        arguments: Vec<Argument>,
        absent: u64,
    },
}

/// An argument that may say how many entries are wanted.
#[derive(Debug, Clone)]
enum Argument {
    Number(u64),
    /// The default is the argument's own, for a variable that was left out. One that is null asks for nothing.
    Variable {
        name: Name,
        default: Option<u64>,
    },
}

impl Cost {
    /// The cost with these variables.
    pub fn evaluate(&self, variables: &Variables) -> u64 {
        self.lists.iter().fold(self.fixed, |sum, list| {
            let entries = list.size.evaluate(variables);
            sum.saturating_add(entries.saturating_mul(list.entry.evaluate(variables)))
        })
    }

    /// How many bytes of these variables are copied where they are used, once for each entry of a list.
    pub fn copied(&self, variables: &Variables) -> u64 {
        let sizes = variables.iter().map(|(name, value)| (name, size(value))).collect();
        self.copied_by(variables, &sizes)
    }

    fn copied_by(&self, variables: &Variables, sizes: &HashMap<&Name, u64>) -> u64 {
        let here =
            self.used.iter().filter_map(|name| sizes.get(name)).fold(0, |sum: u64, size| sum.saturating_add(*size));
        self.lists.iter().fold(here, |sum, list| {
            let entries = list.size.evaluate(variables);
            sum.saturating_add(entries.saturating_mul(list.entry.copied_by(variables, sizes)))
        })
    }

    const fn fixed(fixed: u64) -> Self {
        Self { fixed, used: Vec::new(), lists: Vec::new() }
    }

    fn add(&mut self, other: Self) {
        self.fixed = self.fixed.saturating_add(other.fixed);
        self.used.extend(other.used);
        self.lists.extend(other.lists);
    }

    fn times(self, size: Size) -> Self {
        match size {
            Size::Fixed(1) => self,
            Size::Fixed(size) if self.lists.is_empty() && self.used.is_empty() => {
                Self::fixed(self.fixed.saturating_mul(size))
            }
            size => Self { lists: vec![List { size, entry: self }], ..Self::default() },
        }
    }
}

impl Size {
    fn evaluate(&self, variables: &Variables) -> u64 {
        match self {
            Self::Fixed(size) => *size,
            Self::Asked { arguments, absent } => {
                arguments.iter().filter_map(|argument| argument.evaluate(variables)).max().unwrap_or(*absent)
            }
        }
    }
}

impl Argument {
    fn evaluate(&self, variables: &Variables) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Variable { name, default } => variables.get(name).map_or(*default, count),
        }
    }
}

/// Compiles the cost of an operation. The document's shape has been checked before.
pub fn compile(
    operation: &OperationDefinition,
    fragments: &HashMap<Name, Positioned<FragmentDefinition>>,
    index: &SchemaIndex,
) -> Cost {
    let compiler = Compiler { fragments, index };
    let root = index.root(operation.ty);
    let set = &operation.selection_set.node;
    let mut cost = compiler.selection_set(set, Place { parent: root, page: None, list: DEFAULT_LIST });
    if operation.ty == OperationType::Mutation {
        cost.add(Cost::fixed(compiler.fields(set).saturating_mul(MUTATION)));
    }
    cost
}

/// Where a selection set is.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// The type that its fields are asked of.
    parent: Option<&'a Name>,
    /// What it is a page of.
    page: Option<Page<'a>>,
    /// Entries of the lists in it that cannot be asked for a number.
    list: u64,
}

/// What a connection, or an object asked for a number of things, says about the lists directly in it.
#[derive(Clone, Copy)]
struct Page<'a> {
    size: &'a Size,
    is_connection: bool,
}

struct Compiler<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    index: &'a SchemaIndex,
}

impl Compiler<'_> {
    /// How many fields are directly in a selection set, those of its fragments included.
    fn fields(&self, set: &SelectionSet) -> u64 {
        let in_fragment =
            |name| self.fragments.get(name).map_or(0, |fragment| self.fields(&fragment.node.selection_set.node));
        set.items.iter().fold(0, |sum: u64, item| {
            sum.saturating_add(match &item.node {
                Selection::Field(_) => 1,
                Selection::InlineFragment(fragment) => self.fields(&fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => in_fragment(&spread.node.fragment_name.node),
            })
        })
    }

    fn selection_set(&self, set: &SelectionSet, place: Place<'_>) -> Cost {
        let mut total = Cost::default();
        for selection in &set.items {
            total.add(self.selection(&selection.node, place));
        }
        total
    }

    fn selection(&self, selection: &Selection, place: Place<'_>) -> Cost {
        match selection {
            Selection::Field(field) => self.field(&field.node, place),
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref().map(|condition| &condition.node.on.node);
                let place = Place { parent: condition.or(place.parent), ..place };
                self.selection_set(&fragment.node.selection_set.node, place)
            }
            Selection::FragmentSpread(spread) => {
                let Some(fragment) = self.fragments.get(&spread.node.fragment_name.node) else {
                    return Cost::default();
                };
                let condition = &fragment.node.type_condition.node.on.node;
                self.selection_set(&fragment.node.selection_set.node, Place { parent: Some(condition), ..place })
            }
        }
    }

    fn field(&self, field: &Field, place: Place<'_>) -> Cost {
        if introspection::is_root(field) {
            // Introspection has a budget of its own.
            return Cost::fixed(1);
        }
        let shape = self.index.field(place.parent, &field.name.node);
        let asked = shape.and_then(|shape| asked(field, shape));
        let named = shape.map(|shape| &shape.named);
        let is_list = shape.is_some_and(|shape| shape.is_list && shape.is_composite);
        let is_page = !is_list && asked.is_some();
        let is_way_back = !is_list && named.is_some() && named == place.parent;
        let page = asked
            .as_ref()
            .filter(|_| is_page)
            .map(|size| Page { size, is_connection: shape.is_some_and(|shape| shape.is_connection) });
        let inside = Place { parent: named, page, list: if is_way_back { LIST_ON_THE_WAY_BACK } else { place.list } };
        let mut cost = self.selection_set(&field.selection_set.node, inside);
        if is_list {
            let of_page = place.page.filter(|page| !page.is_connection || is_entries(&field.name.node));
            let size = asked.or_else(|| of_page.map(|page| page.size.clone())).unwrap_or(Size::Fixed(place.list));
            cost = cost.times(size);
        }
        cost.add(Cost { used: used(field), ..Cost::fixed(self.index.own_cost(place.parent, &field.name.node)) });
        cost
    }
}

/// How many entries the arguments of a field ask for.
fn asked(field: &Field, shape: &FieldShape) -> Option<Size> {
    let arguments: Vec<Argument> = shape
        .sizes
        .iter()
        .filter_map(|(name, default)| match field.get_argument(name) {
            Some(value) => argument(&value.node, *default),
            None => default.map(Argument::Number),
        })
        .collect();
    match arguments.as_slice() {
        [] => shape.is_connection.then_some(Size::Fixed(DEFAULT_PAGE)),
        [Argument::Number(number)] => Some(Size::Fixed(*number)),
        _ => Some(Size::Asked { arguments, absent: DEFAULT_PAGE }),
    }
}

fn argument(value: &Value, default: Option<u64>) -> Option<Argument> {
    match value {
        Value::Variable(name) => Some(Argument::Variable { name: name.clone(), default }),
        Value::List(items) => u64::try_from(items.len()).ok().map(Argument::Number),
        value => value.clone().into_const().as_ref().and_then(count).map(Argument::Number),
    }
}

fn is_entries(name: &Name) -> bool {
    matches!(name.as_str(), "nodes" | "edges")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SDL: &str = "
        type Query { shops(first: Int, last: Int): ShopConnection! shop: Shop suggest(first: Int! = 8): Suggestions!
                     nodes(ids: [ID!]!): [Shop]! tree: [Shop!]! }
        type Mutation { open(input: Int): Shop }
        type ShopConnection { nodes: [Shop!]! edges: [ShopEdge!]! facets: [Facet!]! totalCount: Int! }
        type ShopEdge { cursor: String! node: Shop! }
        type Facet { slug: String! }
        type Suggestions { queries: [String!]! shops: [Shop!]! }
        type Shop { name: String! tags: [String!]! shops(first: Int): ShopConnection! parent: Shop below: [Shop!]! }
        schema { query: Query mutation: Mutation }";

    fn cost(query: &str, variables: serde_json::Value) -> u64 {
        let mut index = SchemaIndex::from_sdl(SDL).unwrap();
        index.set_root_costs(&[("suggest", 10)]);
        let document = async_graphql::parser::parse_query(query).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let mut variables = Variables::from_json(variables);
        super::super::variables::complete(&operation.node.variable_definitions, &mut variables);
        compile(&operation.node, &document.fragments, &index).evaluate(&variables)
    }

    #[test]
    fn fields_count_once_and_lists_as_often_as_asked() {
        for (query, expected) in [
            ("{ shop { name tags } }", 3),
            ("{ shops(first: 10) { totalCount nodes { name tags } } }", 1 + 1 + 1 + 20),
            ("{ shops(first: 10) { edges { node { name } } } }", 1 + 1 + 20),
            ("{ shops { nodes { name } } }", 1 + 1 + 20),
            ("{ shops(last: 3) { nodes { name } } }", 1 + 1 + 3),
            ("{ shops(first: 10) { facets { slug } } }", 1 + 1 + 5),
            ("{ shops(first: 10) { nodes { shops(first: 10) { nodes { name } } } } }", 2 + 10 * (2 + 10)),
            ("{ suggest { queries shops { name } } }", 10 + 2 + 8),
            ("{ suggest(first: 3) { shops { name } } }", 10 + 1 + 3),
            ("{ shops(first: 2, last: 100) { nodes { name } } }", 1 + 1 + 100),
            ("{ shops(first: null, last: 3) { nodes { name } } }", 1 + 1 + 3),
            ("{ shops(first: null) { nodes { name } } }", 1 + 1 + 20),
            ("{ nodes(ids: [1, 2, 3]) { name } }", 1 + 3),
            ("{ tree { name } }", 1 + 5),
            ("{ tree { below { name } } }", 1 + 5 * (1 + 5)),
            ("{ tree { parent { name parent { name } } } }", 1 + 5 * 4),
            ("{ tree { parent { below { name } } } }", 1 + 5 * (1 + 1 + 50)),
            ("mutation { open(input: 1) { name } }", 12),
            (
                "mutation { ...F ... { a: open { name } } } fragment F on Mutation { b: open { name } ...G } fragment G on Mutation { c: open { name } }",
                36,
            ),
            (
                "{ ...F } fragment F on Query { shops(first: 4) { ...G } } fragment G on ShopConnection { nodes { name } }",
                6,
            ),
            ("{ __schema { types { name } } }", 1),
        ] {
            assert_eq!(cost(query, json!({})), expected, "{query}");
        }
    }

    #[test]
    fn sizes_come_from_variables_and_their_defaults() {
        let query = "query Q($first: Int = 7) { shops(first: $first) { nodes { name } } }";
        assert_eq!(cost(query, json!({})), 2 + 7);
        assert_eq!(cost(query, json!({ "first": 50 })), 2 + 50);
        assert_eq!(cost(query, json!({ "first": -5 })), 2);
        assert_eq!(cost(query, json!({ "first": null })), 2 + 20);
        assert_eq!(cost("query Q($f: Int) { shops(first: $f) { nodes { name } } }", json!({})), 2 + 20);
        assert_eq!(cost("query Q($i: [ID!]!) { nodes(ids: $i) { name } }", json!({ "i": ["a", "b"] })), 1 + 2);
    }

    #[test]
    fn a_small_size_does_not_hide_a_large_one() {
        let query = "query Q($n: Int = 0, $l: Int = 2) { shops(first: $n, last: 100) { nodes { shops(first: $l) { nodes { name } } } } }";
        assert_eq!(cost(query, json!({ "n": null })), 2 + 100 * (2 + 2));
        assert_eq!(cost(query, json!({})), 2 + 100 * (2 + 2));
        assert_eq!(cost(query, json!({ "n": null, "l": null })), 2 + 100 * (2 + 20));
        let both = "query Q($n: Int, $l: Int) { shops(first: $n, last: $l) { nodes { name } } }";
        assert_eq!(cost(both, json!({ "n": 1, "l": 50 })), 2 + 50);
        assert_eq!(cost(both, json!({ "n": null, "l": 3 })), 2 + 3);
        assert_eq!(cost(both, json!({})), 2 + 20);
        let suggest = "query Q($n: Int) { suggest(first: $n) { shops { name } } }";
        assert_eq!(cost(suggest, json!({})), 10 + 1 + 8);
    }

    #[test]
    fn overflow_saturates() {
        let query =
            "{ shops(first: 99999999999999999999) { nodes { shops(first: 9223372036854775807) { nodes { name } } } } }";
        assert_eq!(cost(query, json!({})), u64::MAX);
    }
}
