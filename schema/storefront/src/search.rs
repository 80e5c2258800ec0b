//! Product lists with filters, sorting and facets; search; suggestions.

mod connection;
mod inputs;
mod query;

pub use connection::ProductConnection;
pub use query::{SearchQuery, list_category, list_collection, page};

/// The static cost of fields that search the index, which grows with the catalog.
pub const FIELD_COSTS: &[(&str, u64)] = &[
    ("Query.products", 100),
    ("Query.search", 100),
    ("Query.suggest", 50),
    ("Category.products", 100),
    ("Collection.products", 100),
    // Counts the values of all matching products.
    ("ProductConnection.facets", 200),
];
