//! Rejects documents with many unknown fields, because validation searches similar names for each of them.

use async_graphql::{
    Name,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

use super::{super::rejection::Rejection, index::SchemaIndex};

/// The number of unknown fields that are left to validation.
const MAX_UNKNOWN: usize = 20;

/// Counts the unknown fields of all operations and fragments.
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

/// The number of unknown fields in a selection set, without those below an unknown field or type.
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

    fn is_rejected(query: &str) -> bool {
        let sdl = "type Query { shop: Shop } type Shop { name: String } schema { query: Query }";
        let document = async_graphql::parser::parse_query(query).unwrap();
        check(&document, &SchemaIndex::from_sdl(sdl).unwrap()).is_err()
    }

    #[test]
    fn many_unknown_fields_are_rejected_before_validation() {
        let many = "nothing ".repeat(21);
        assert!(!is_rejected(&format!("{{ {} }}", "nothing ".repeat(20))));
        assert!(is_rejected(&format!("{{ {many} }}")));
        assert!(is_rejected(&format!("{{ shop {{ ... on Shop {{ {many} }} }} }}")));
        assert!(is_rejected(&format!("{{ ...F }} fragment F on Shop {{ {many} }}")));
        assert!(!is_rejected(&format!("{{ {} }}", "shop { name __typename } ".repeat(30))));
    }
}
