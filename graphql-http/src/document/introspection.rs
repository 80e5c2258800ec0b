//! The cost of introspection, in proportion to the standard query, whose response grows with the schema. That query must pass
//! on every schema, but a few more nested lists must not: their size grows exponentially on a large schema.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::types::{Field, FragmentDefinition, Selection, SelectionSet},
};

use super::index::Sizes;

/// The unit of weights and numbers of entries, so that averages below one count.
const ONE: u64 = 8;

/// The number of bytes of the SDL that cost one. The response to the standard query is about two and a half times as long.
const BYTES_PER_COST: u64 = 20;

/// The lists of the standard query with every option, and the deepest type reference that tools request.
const STANDARD: &str = "{ __schema { description queryType { name kind } mutationType { name kind } subscriptionType { name kind }
  types { kind name description specifiedByURL isOneOf
    fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...V } type { ...T } isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...V } interfaces { ...T }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...T } }
  directives { name description isRepeatable locations args(includeDeprecated: true) { ...V } } } }
  fragment V on __InputValue { name description type { ...T } defaultValue isDeprecated deprecationReason }
  fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

/// True if a root field is introspection.
pub fn is_root(field: &Field) -> bool {
    matches!(field.name.node.as_str(), "__schema" | "__type")
}

/// The weight of introspection in a selection set, which is the number of values in its response; zero without introspection.
pub fn weight(set: &SelectionSet, fragments: &HashMap<Name, Positioned<FragmentDefinition>>, sizes: &Sizes) -> u64 {
    Scale { fragments, sizes }.set(set, None)
}

/// The cost of introspection of a schema.
pub struct IntrospectionCost {
    /// The weight of the standard query.
    standard: u64,
    /// The cost of the standard query.
    cost: u64,
}

impl IntrospectionCost {
    /// The cost for a schema of these sizes. The standard query costs less than `limit`.
    pub fn new(sizes: &Sizes, limit: u64) -> Self {
        let document = async_graphql::parser::parse_query(STANDARD).ok();
        let standard = document.as_ref().and_then(|document| {
            let (_, operation) = document.operations.iter().next()?;
            Some(weight(&operation.node.selection_set.node, &document.fragments, sizes))
        });
        let most = limit.saturating_sub(limit / 10);
        Self { standard: standard.unwrap_or(1).max(1), cost: (sizes.sdl_bytes / BYTES_PER_COST).min(most) }
    }

    /// The cost of introspection of this weight.
    pub const fn cost(&self, weight: u64) -> u64 {
        weight.saturating_mul(self.cost).div_ceil(self.standard)
    }
}

struct Scale<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    sizes: &'a Sizes,
}

impl Scale<'_> {
    /// `parent` is the field that contains the set, if it belongs to introspection.
    fn set(&self, set: &SelectionSet, parent: Option<&Name>) -> u64 {
        set.items.iter().fold(0, |sum: u64, item| sum.saturating_add(self.selection(&item.node, parent)))
    }

    fn selection(&self, selection: &Selection, parent: Option<&Name>) -> u64 {
        match selection {
            Selection::Field(field) => {
                let field = &field.node;
                let set = &field.selection_set.node;
                if parent.is_none() && !is_root(field) {
                    return self.set(set, None);
                }
                let inner = self.set(set, Some(&field.name.node));
                (inner.saturating_mul(self.entries(field, parent)) / ONE).saturating_add(ONE)
            }
            Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node, parent),
            Selection::FragmentSpread(spread) => self
                .fragments
                .get(&spread.node.fragment_name.node)
                .map_or(0, |fragment| self.set(&fragment.node.selection_set.node, parent)),
        }
    }

    /// The average number of entries of a field, in units of [`ONE`].
    fn entries(&self, field: &Field, parent: Option<&Name>) -> u64 {
        let Sizes { types, objects, fields, arguments, input_fields, enum_values, .. } = *self.sizes;
        let average = |entries: u64, of: u64| entries.saturating_mul(ONE).div_ceil(of.max(1));
        let is_any_type = parent.is_some_and(|parent| parent == "types");
        match field.name.node.as_str() {
            "types" => types.saturating_mul(ONE),
            // A type that a field refers to is more often an object than an average type.
            "fields" => average(fields, if is_any_type { types } else { objects }),
            "args" => average(arguments, fields),
            "inputFields" => average(input_fields, types),
            "enumValues" => average(enum_values, types),
            "directives" => ONE * 6,
            // Most types have no such entry.
            "possibleTypes" | "interfaces" | "ofType" => ONE / 2,
            _ => ONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes like those of the storefront schema.
    const SIZES: Sizes = Sizes {
        types: 200,
        objects: 110,
        fields: 700,
        arguments: 300,
        input_fields: 150,
        enum_values: 300,
        sdl_bytes: 100_000,
    };

    fn cost(query: &str) -> u64 {
        let document = async_graphql::parser::parse_query(query).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let weight = weight(&operation.node.selection_set.node, &document.fragments, &SIZES);
        IntrospectionCost::new(&SIZES, 10_000).cost(weight)
    }

    #[test]
    fn the_standard_query_passes_and_deeper_ones_do_not() {
        assert_eq!(cost(STANDARD), 5_000);
        let deep = "{ __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }";
        assert!(cost(deep) > 10_000);
        let many = "s: __schema { types { fields { args { type { name kind } } } } } ".repeat(40);
        assert!(cost(&format!("{{ {many} }}")) > 10_000);
    }

    #[test]
    fn the_cost_grows_with_the_response() {
        assert_eq!(cost("{ __typename }"), 0);
        assert_eq!(cost("{ __type(name: \"Cart\") { name } }"), 1);
        let names = cost("{ __schema { types { name description } } }");
        assert!((50..1_000).contains(&names), "{names}");
        let large = IntrospectionCost::new(&Sizes { sdl_bytes: 1_000_000, ..SIZES }, 10_000);
        assert_eq!(large.cost, 9_000);
    }
}
