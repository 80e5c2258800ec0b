//! Product lists with filters, sorting and facets; search; suggestions.

mod connection;
mod inputs;
mod query;

pub use connection::ProductConnection;
pub use query::{SearchQuery, list_category, list_collection, page};
