//! Conflicting fields with one response key. Validation reports every conflict for every argument; rejecting the document
//! at the first one keeps the work proportional to its size.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned,
    parser::types::{ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet},
};

use crate::rejection::Rejection;

/// Rejects the first conflict in all operations and fragments. Check the shape of the document first.
pub fn check(document: &ExecutableDocument) -> Result<(), Rejection> {
    let fragments = &document.fragments;
    let of_fragments = fragments.values().map(|fragment| &fragment.node.selection_set.node);
    let of_operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    of_operations.chain(of_fragments).try_for_each(|set| whole(set, fragments))
}

/// Checks a selection set and those of its fields.
fn whole(set: &SelectionSet, fragments: &Fragments) -> Result<(), Rejection> {
    Merged { fragments, outputs: HashMap::new(), spread: HashSet::new() }.add(None, set)?;
    inside(set, fragments)
}

fn inside(set: &SelectionSet, fragments: &Fragments) -> Result<(), Rejection> {
    set.items.iter().try_for_each(|item| match &item.node {
        Selection::Field(field) => whole(&field.node.selection_set.node, fragments),
        Selection::InlineFragment(fragment) => inside(&fragment.node.selection_set.node, fragments),
        // Fragments are checked where they are defined.
        Selection::FragmentSpread(_) => Ok(()),
    })
}

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// The fields of a set by type condition and response key.
struct Merged<'a> {
    fragments: &'a Fragments,
    outputs: HashMap<(Option<&'a str>, &'a str), &'a Positioned<Field>>,
    spread: HashSet<&'a str>,
}

impl<'a> Merged<'a> {
    fn add(&mut self, on: Option<&'a str>, set: &'a SelectionSet) -> Result<(), Rejection> {
        set.items.iter().try_for_each(|item| match &item.node {
            Selection::Field(field) => self.field(on, field),
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref();
                let on = condition.map(|condition| condition.node.on.node.as_str());
                self.add(on, &fragment.node.selection_set.node)
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let Some(fragment) = self.fragments.get(name).filter(|_| self.spread.insert(name.as_str())) else {
                    return Ok(());
                };
                let on = Some(fragment.node.type_condition.node.on.node.as_str());
                self.add(on, &fragment.node.selection_set.node)
            }
        })
    }

    fn field(&mut self, on: Option<&'a str>, field: &'a Positioned<Field>) -> Result<(), Rejection> {
        let key = field.node.response_key().node.as_str();
        let first = *self.outputs.entry((on, key)).or_insert(field);
        let problem = if first.node.name.node != field.node.name.node {
            format!("\"{}\" and \"{}\" are different fields", first.node.name.node, field.node.name.node)
        } else if !has_same_arguments(&first.node, &field.node) {
            "they have differing arguments".to_owned()
        } else {
            return Ok(());
        };
        let message = format!("fields \"{key}\" conflict because {problem}; use different aliases to fetch both");
        Err(Rejection::input(message).at(field.pos))
    }
}

fn has_same_arguments(one: &Field, other: &Field) -> bool {
    let is_same = |(name, value): &(Positioned<Name>, Positioned<async_graphql_value::Value>)| {
        other.get_argument(&name.node).is_some_and(|other| other.node == value.node)
    };
    one.arguments.len() == other.arguments.len() && one.arguments.iter().all(is_same)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejection(text: &str) -> Option<String> {
        let document = async_graphql::parser::parse_query(text).unwrap();
        check(&document).err().map(|rejection| rejection.errors[0].message.clone())
    }

    #[test]
    fn the_same_field_twice_is_not_a_conflict() {
        for text in [
            "{ a a(b: 1) }",
            "{ a b: a }",
            "{ a(b: 1, c: $d) a(c: $d, b: 1) }",
            "{ a ...F ...F } fragment F on Q { a { c } }",
            "{ x { ... on A { a } ... on B { a: b } } }",
        ] {
            let expected = text.starts_with("{ a a(").then_some("differing arguments");
            let rejected = rejection(text);
            assert_eq!(rejected.is_some(), expected.is_some(), "{text}: {rejected:?}");
            assert!(rejected.is_none_or(|message| message.contains(expected.unwrap_or_default())));
        }
    }

    #[test]
    fn different_fields_with_one_key_are_rejected_everywhere() {
        for text in [
            "{ a: b a: c }",
            "{ x { a: b ... { a: c } } }",
            "{ x { ... on A { a: b ...F } } } fragment F on A { a: c }",
            "{ x { y { z(b: [1]) z(b: [2]) } } }",
            "{ a } fragment F on A { x { a a(b: 1) } }",
        ] {
            assert!(rejection(text).is_some_and(|message| message.contains("conflict")), "{text}");
        }
    }
}
