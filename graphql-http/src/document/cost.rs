//! The static cost of an operation: each field has a cost, one by default; four elements of lists in its arguments cost one;
//! and a list costs its maximum number of entries times the cost of an entry. The cost is compiled once per document; only
//! sizes that depend on variables are evaluated per request. Sums saturate, because an overflow exceeds every limit.

mod compile;

use std::collections::HashMap;

use async_graphql::{Name, Variables};

pub use self::compile::compile;
use super::{
    index::count,
    variable_use::{elements, size},
};

/// The number of elements of lists in arguments that cost one.
const ELEMENTS: u64 = 4;

/// The cost of an operation, as a sum.
#[derive(Debug, Clone, Default)]
pub struct Cost {
    fixed: u64,
    /// The variables that its arguments use, once per occurrence.
    used: Vec<Name>,
    lists: Vec<List>,
}

#[derive(Debug, Clone)]
struct List {
    size: Size,
    entry: Cost,
}

/// The maximum number of entries of a list.
#[derive(Debug, Clone)]
enum Size {
    Fixed(u64),
    /// The largest value of several arguments, or `absent` if none is given.
    Requested {
        arguments: Vec<Argument>,
        absent: u64,
    },
}

/// An argument that limits the number of entries.
#[derive(Debug, Clone)]
enum Argument {
    Number(u64),
    /// The default applies to a variable that is omitted; a variable that is null counts as not given.
    Variable {
        name: Name,
        default: Option<u64>,
    },
}

/// The cost of elements of lists in arguments.
const fn of_elements(elements: u64) -> u64 {
    elements.div_ceil(ELEMENTS)
}

impl Cost {
    /// The cost with these variables.
    pub fn evaluate(&self, variables: &Variables) -> u64 {
        let elements = variables.iter().map(|(name, value)| (name, of_elements(elements(value)))).collect();
        self.sum(variables, &elements, |cost| cost.fixed)
    }

    /// The number of bytes that the engine copies of these variables: each use copies the value, once per list entry.
    pub fn copied(&self, variables: &Variables) -> u64 {
        let sizes = variables.iter().map(|(name, value)| (name, size(value))).collect();
        self.sum(variables, &sizes, |_| 0)
    }

    /// The sum of the parts that `fixed` returns and, for each use of a variable, its value in `per_use`.
    fn sum(&self, variables: &Variables, per_use: &HashMap<&Name, u64>, fixed: fn(&Self) -> u64) -> u64 {
        let used = self.used.iter().filter_map(|name| per_use.get(name));
        let here = used.fold(fixed(self), |sum, value| sum.saturating_add(*value));
        self.lists.iter().fold(here, |sum, list| {
            let entries = list.size.evaluate(variables);
            sum.saturating_add(entries.saturating_mul(list.entry.sum(variables, per_use, fixed)))
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
            Self::Requested { arguments, absent } => {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::index::SchemaIndex, *};

    const SDL: &str = "
        type Query { shops(first: Int, last: Int): ShopConnection! shop: Shop suggest(first: Int! = 8): Suggestions!
                     nodes(ids: [ID!]!): [Shop]! tree: [Shop!]! }
        type Mutation { open(input: Int): Shop order(input: [Line!]): Shop }
        input Line { tags: [String!] }
        type ShopConnection { nodes: [Shop!]! edges: [ShopEdge!]! facets: [Facet!]! totalCount: Int! }
        type ShopEdge { cursor: String! node: Shop! }
        type Facet { slug: String! }
        type Suggestions { queries: [String!]! shops: [Shop!]! }
        type Shop { name: String! priced: Shop tags: [String!]! shops(first: Int): ShopConnection! parent: Shop below: [Shop!]!
                    one(ids: [ID!]!): [Shop]! }
        schema { query: Query mutation: Mutation }";

    fn cost(query: &str, variables: serde_json::Value) -> u64 {
        let mut index = SchemaIndex::from_sdl(SDL).unwrap();
        index.set_field_costs(&[("Query.suggest", 10), ("Shop.priced", 50), ("Mutation.order", 300)]);
        let document = async_graphql::parser::parse_query(query).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let mut variables = Variables::from_json(variables);
        crate::document::variables::complete(&operation.node.variable_definitions, &mut variables);
        compile(&operation.node, &document.fragments, &index).evaluate(&variables)
    }

    #[test]
    fn a_field_costs_one_and_a_list_its_requested_size() {
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
            ("{ nodes(ids: [1, 2, 3]) { name } }", 1 + 1 + 3),
            ("{ nodes(ids: [\"a\", \"b\", \"a\", \"a\"]) { name } }", 1 + 1 + 2),
            (
                "{ nodes(ids: [\"a\", \"b\"]) { priced { name } ... on Shop { priced { name } } } }",
                1 + 1 + 2 * (51 + 51),
            ),
            ("{ tree { name } }", 1 + 5),
            ("{ tree { below { name } } }", 1 + 5 * (1 + 5)),
            ("{ tree { parent { name parent { name } } } }", 1 + 5 * 4),
            ("{ tree { parent { below { name } } } }", 1 + 5 * (1 + 1 + 50)),
            ("mutation { open(input: 1) { name } }", 101),
            ("mutation { order(input: [{ tags: [\"a\", \"b\"] }, {}]) { name } }", 301 + 1),
            (
                "mutation { ...F ... { a: open { name } } } fragment F on Mutation { b: open { name } ...G } fragment G on Mutation { c: open { name } }",
                303,
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
        assert_eq!(cost("query Q($i: [ID!]!) { nodes(ids: $i) { name } }", json!({ "i": ["a", "b", "a"] })), 1 + 1 + 2);
    }

    #[test]
    fn four_elements_of_lists_cost_one_for_each_use() {
        let order = "mutation M($i: [Line!]) { a: order(input: $i) { name } b: order(input: $i) { name } }";
        assert_eq!(cost(order, json!({ "i": [{ "tags": ["a", "b"] }, {}] })), 2 * (301 + 1));
        let default = "mutation M($i: [Line!] = [{}, {}]) { order(input: $i) { name } }";
        assert_eq!(cost(default, json!({})), 301 + 1);
        let nested = "query Q($i: [ID!]!) { shops(first: 10) { nodes { one(ids: $i) { name } } } }";
        assert_eq!(cost(nested, json!({ "i": ["a", "a"] })), 2 + 10 * (1 + 1 + 1));
        let many = "mutation M($i: [Line!]) { order(input: $i) { name } }";
        assert_eq!(cost(many, json!({ "i": vec![json!({}); 500] })), 301 + 125);
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
