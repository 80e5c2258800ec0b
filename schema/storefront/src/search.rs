//! Product lists with filters, sorting and facets; search; suggestions.

mod connection;
mod inputs;
mod query;

pub use connection::ProductConnection;
pub use query::{SearchQuery, list_category, list_collection, page};

/// The static cost of the query fields that search the index; every other field costs one.
pub const FIELD_COSTS: &[(&str, u64)] = &[("products", 10), ("search", 10), ("suggest", 10)];
