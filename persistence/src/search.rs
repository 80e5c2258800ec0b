//! The search index: an embedded tantivy index of one document per product that answers lists, filters, sorting,
//! facet counts and text search. It is a derived store: it can always be rebuilt from the documents.

mod collect;
mod columns;
mod compile;
mod document;
mod facets;
mod fields;
mod filter;
mod index;
mod predicate;
mod query;
mod rank;
pub mod reports;
mod slot;
mod snapshot;
pub mod text;
mod text_query;
mod writer;

pub use document::{ChannelEntry, IndexedProduct};
pub use facets::{FacetCounts, FacetKey, ValueCount};
pub use filter::Filter;
pub use index::SearchIndex;
pub use query::{FacetRequest, ProductPage, ProductQuery, UNTRANSLATED};
pub use writer::Change;

use crate::StoreError;

impl From<tantivy::TantivyError> for StoreError {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Internal(format!("search index: {error}"))
    }
}

/// Wraps the error of reading or writing an index file.
fn failed(error: impl std::fmt::Display) -> StoreError {
    StoreError::Internal(format!("search index: {error}"))
}
