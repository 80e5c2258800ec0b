//! Documents in Postgres `jsonb`, with the same semantics as in MongoDB, for a laptop or a small shop.

mod claims;
mod rows;
mod store;

use crate::Db;

/// The documents of one Postgres database.
#[derive(Clone)]
pub struct PostgresDocuments {
    db: Db,
}

impl PostgresDocuments {
    /// Documents in the database of a pool; run the migrations first.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self { db }
    }
}
