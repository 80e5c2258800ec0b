//! Statements that diesel would have planned anew each time, prepared once per connection like the others.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
};

/// How many rows an insertion may have whose text is kept: each number of rows is a text of its own.
const FEW: usize = 16;

/// A statement that is kept, by its text, where that pays.
pub(crate) struct Fixed<Q> {
    statement: Q,
    is_kept: bool,
}

/// Has a statement planned once per connection: one from a file, an update, an insertion of one row. It has few texts;
/// what varies is bound.
pub(crate) const fn fixed<Q>(statement: Q) -> Fixed<Q> {
    Fixed { statement, is_kept: true }
}

/// The same for an insertion of so many rows, where they are few.
pub(crate) const fn fixed_rows<Q>(rows: usize, statement: Q) -> Fixed<Q> {
    Fixed { statement, is_kept: rows <= FEW }
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Fixed<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.statement.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(self.is_kept)
    }
}

impl<Q> QueryId for Fixed<Q> {
    type QueryId = ();
    /// The text is the key.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Fixed<Q> {
    type SqlType = Q::SqlType;
}
