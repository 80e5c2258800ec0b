//! The budget of introspection. The standard query must pass on every schema, but a few more nested lists must not: their
//! size grows exponentially on a large schema.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::types::{Field, FragmentDefinition, Selection, SelectionSet},
};

/// The assumed number of entries of lists in introspection types.
const ENTRIES: u64 = 8;

/// The number of times that one operation may contain the standard query.
const MAX_STANDARD_QUERIES: u64 = 2;

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

/// The weight of introspection in a selection set; zero without introspection.
pub fn weight(set: &SelectionSet, fragments: &HashMap<Name, Positioned<FragmentDefinition>>, types: u64) -> u64 {
    Scale { fragments, types }.set(set, false)
}

/// The maximum weight of one operation for a schema with this many types.
pub fn budget(types: u64) -> u64 {
    let Ok(document) = async_graphql::parser::parse_query(STANDARD) else { return 0 };
    let standard = document
        .operations
        .iter()
        .next()
        .map_or(0, |(_, operation)| weight(&operation.node.selection_set.node, &document.fragments, types));
    standard.saturating_mul(MAX_STANDARD_QUERIES)
}

struct Scale<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    types: u64,
}

impl Scale<'_> {
    fn set(&self, set: &SelectionSet, is_inside: bool) -> u64 {
        set.items.iter().fold(0, |sum: u64, item| sum.saturating_add(self.selection(&item.node, is_inside)))
    }

    fn selection(&self, selection: &Selection, is_inside: bool) -> u64 {
        match selection {
            Selection::Field(field) => {
                let is_inside = is_inside || is_root(&field.node);
                let inner = self.set(&field.node.selection_set.node, is_inside);
                if !is_inside {
                    return inner;
                }
                inner.saturating_mul(self.entries(&field.node)).saturating_add(1)
            }
            Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node, is_inside),
            Selection::FragmentSpread(spread) => self
                .fragments
                .get(&spread.node.fragment_name.node)
                .map_or(0, |fragment| self.set(&fragment.node.selection_set.node, is_inside)),
        }
    }

    fn entries(&self, field: &Field) -> u64 {
        match field.name.node.as_str() {
            "types" => self.types,
            "fields" | "inputFields" | "enumValues" | "possibleTypes" | "interfaces" | "args" | "directives" => ENTRIES,
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(query: &str) -> bool {
        let document = async_graphql::parser::parse_query(query).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        weight(&operation.node.selection_set.node, &document.fragments, 300) <= budget(300)
    }

    #[test]
    fn the_standard_query_passes_and_deeper_ones_do_not() {
        assert!(passes(STANDARD));
        assert!(passes("{ __typename }"));
        assert!(!passes(
            "{ __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }"
        ));
        let many = "s: __schema { types { fields { args { type { name kind } } } } } ".repeat(40);
        assert!(!passes(&format!("{{ {many} }}")));
    }
}
