//! Refuses documents that are full of fields the schema does not have, before validation looks for similar names to each.

use async_graphql::{
    Name,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

use super::{super::rejection::Rejection, index::SchemaIndex};

/// Unknown fields that validation may still explain one by one.
const MAX_UNKNOWN: usize = 20;

/// Counts the unknown fields of all operations and fragments, each once.
pub fn check(document: &ExecutableDocument, index: &SchemaIndex) -> Result<(), Rejection> {
    let operations = document.operations.iter().map(|(_, operation)| {
        let operation = &operation.node;
        unknown(&operation.selection_set.node, index.root(operation.ty), index)
    });
    let fragments = document.fragments.values().map(|fragment| {
        let fragment = &fragment.node;
        unknown(&fragment.selection_set.node, Some(&fragment.type_condition.node.on.node), index)
    });
    let unknown: usize = operations.chain(fragments).sum();
    if unknown > MAX_UNKNOWN {
        return Err(Rejection::input(format!("{unknown} fields of the document are not in the schema")));
    }
    Ok(())
}

/// Unknown fields in a selection set; what is below an unknown field or type is left to validation.
fn unknown(set: &SelectionSet, parent: Option<&Name>, index: &SchemaIndex) -> usize {
    let Some(parent) = parent.filter(|parent| index.has_fields(parent)) else { return 0 };
    set.items.iter().map(|item| selection(&item.node, parent, index)).sum()
}

fn selection(selection: &Selection, parent: &Name, index: &SchemaIndex) -> usize {
    match selection {
        Selection::Field(field) if field.node.name.node.starts_with("__") => 0,
        Selection::Field(field) => match index.field(Some(parent), &field.node.name.node) {
            Some(shape) => unknown(&field.node.selection_set.node, Some(&shape.named), index),
            None => 1,
        },
        Selection::InlineFragment(fragment) => {
            let condition = fragment.node.type_condition.as_ref().map(|condition| &condition.node.on.node);
            unknown(&fragment.node.selection_set.node, condition.or(Some(parent)), index)
        }
        // Fragments are counted where they are defined.
        Selection::FragmentSpread(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(query: &str) -> bool {
        let sdl = "type Query { shop: Shop } type Shop { name: String } schema { query: Query }";
        let document = async_graphql::parser::parse_query(query).unwrap();
        check(&document, &SchemaIndex::from_sdl(sdl).unwrap()).is_err()
    }

    #[test]
    fn a_few_unknown_fields_are_left_to_validation_and_many_are_not() {
        let many = "nothing ".repeat(21);
        assert!(!is_refused(&format!("{{ {} }}", "nothing ".repeat(20))));
        assert!(is_refused(&format!("{{ {many} }}")));
        assert!(is_refused(&format!("{{ shop {{ ... on Shop {{ {many} }} }} }}")));
        assert!(is_refused(&format!("{{ ...F }} fragment F on Shop {{ {many} }}")));
        assert!(!is_refused(&format!("{{ {} }}", "shop { name __typename } ".repeat(30))));
    }
}
