//! Mutations that a request, or a whole batch, may contain only once, because a client can send many aliases of one field.

use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::parser::types::{ExecutableDocument, Selection};

use crate::rejection::Rejection;

/// Admits the mutations of an operation. `is_used` is shared by the operations of a batch.
///
/// # Errors
/// The operation contains several of the named mutations, or an earlier operation of the batch contained one.
pub fn check(names: &[&str], document: &ExecutableDocument, is_used: &AtomicBool) -> Result<(), Rejection> {
    let is_named = |selection: &Selection| matches!(selection, Selection::Field(field) if names.contains(&field.node.name.node.as_str()));
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node.items);
    let count = operations.flatten().filter(|item| is_named(&item.node)).count();
    if count > 1 || (count == 1 && is_used.swap(true, Ordering::Relaxed)) {
        return Err(Rejection::too_complex(format!("a request may contain only one of {}", names.join(", "))));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(query: &str, is_used: &AtomicBool) -> bool {
        let document = async_graphql::parser::parse_query(query).unwrap();
        check(&["login", "register"], &document, is_used).is_ok()
    }

    #[test]
    fn one_named_mutation_is_admitted() {
        for (query, expected) in [
            ("mutation { login { id } }", true),
            ("mutation { a: login { id } b: create { id } c: create { id } }", true),
            ("mutation { a: login { id } b: login { id } }", false),
            ("mutation { login { id } register { id } }", false),
        ] {
            assert_eq!(admits(query, &AtomicBool::default()), expected, "{query}");
        }
    }

    #[test]
    fn a_batch_shares_the_limit() {
        let is_used = AtomicBool::default();
        assert!(admits("mutation { create { id } }", &is_used));
        assert!(admits("mutation { login { id } }", &is_used));
        assert!(!admits("mutation { register { id } }", &is_used));
        assert!(admits("mutation { create { id } }", &is_used));
    }
}
