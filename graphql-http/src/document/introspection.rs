//! The budget of introspection. The standard query must pass on any schema, a few nested lists more must not: the types of
//! types of fields of a large schema grow without end.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::types::{Field, FragmentDefinition, Selection, SelectionSet},
};

/// Entries that the lists of the introspection types are taken to have.
const ENTRIES: u64 = 8;

/// How often the standard query may be asked for in one operation.
const TIMES: u64 = 2;

/// The lists of the standard query, with every option on, and the deepest type reference that tools ask for.
const STANDARD: &str = "{ __schema { description queryType { name kind } mutationType { name kind } subscriptionType { name kind }
  types { kind name description specifiedByURL isOneOf
    fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...V } type { ...T } isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...V } interfaces { ...T }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...T } }
  directives { name description isRepeatable locations args(includeDeprecated: true) { ...V } } } }
  fragment V on __InputValue { name description type { ...T } defaultValue isDeprecated deprecationReason }
  fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

/// Whether a root field asks about the schema.
pub fn is_root(field: &Field) -> bool {
    matches!(field.name.node.as_str(), "__schema" | "__type")
}

/// How much the schema is asked about itself in a selection set; nothing when it is not.
pub fn weight(set: &SelectionSet, fragments: &HashMap<Name, Positioned<FragmentDefinition>>, types: u64) -> u64 {
    Scale { fragments, types }.set(set, false)
}

/// The most that one operation may weigh in a schema with this many types.
pub fn budget(types: u64) -> u64 {
    let Ok(document) = async_graphql::parser::parse_query(STANDARD) else { return 0 };
    let standard = document
        .operations
        .iter()
        .next()
        .map_or(0, |(_, operation)| weight(&operation.node.selection_set.node, &document.fragments, types));
    standard.saturating_mul(TIMES)
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
    fn the_standard_query_passes_and_its_explosion_does_not() {
        assert!(passes(STANDARD));
        assert!(passes("{ __typename }"));
        assert!(!passes(
            "{ __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }"
        ));
        let many = "s: __schema { types { fields { args { type { name kind } } } } } ".repeat(40);
        assert!(!passes(&format!("{{ {many} }}")));
    }
}
