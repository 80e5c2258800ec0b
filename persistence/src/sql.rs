//! Statements from `.sql` files, prepared once per connection like those of diesel's own language.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::Untyped,
};

/// A raw statement whose text never changes.
pub(crate) struct Fixed<Q>(Q);

/// Has a raw statement planned once per connection instead of each time. Its text must be a constant; what varies is
/// bound.
pub(crate) const fn fixed<Q>(statement: Q) -> Fixed<Q> {
    Fixed(statement)
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Fixed<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Fixed<Q> {
    type QueryId = ();
    /// The text is the key.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Fixed<Q> {
    type SqlType = Untyped;
}
