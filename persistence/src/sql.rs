//! Statements that diesel would have planned anew each time, prepared once per connection like the others; and texts that
//! begin with a text.

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

/// The beginning of a text, in lower case, with the first text after all that begin so: between them, in byte order, lies
/// what begins so. An index in that order finds it whatever is bound, which is not so for `LIKE`.
pub(crate) fn beginning(text: &str) -> (String, String) {
    let start: String = text.chars().flat_map(char::to_lowercase).collect();
    let end = end_of(&start);
    (start, end)
}

/// Empty for texts of nothing but the last code point, which stands for no character.
fn end_of(start: &str) -> String {
    let mut kept: Vec<char> = start.chars().collect();
    while let Some(last) = kept.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            kept.push(next);
            break;
        }
    }
    kept.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_ends_before_the_first_text_that_does_not_begin_so() {
        for (text, start, end) in [
            ("Ada@", "ada@", "adaA"),
            ("50%_", "50%_", "50%`"),
            ("é", "é", "ê"),
            ("\u{d7ff}", "\u{d7ff}", "\u{e000}"),
            ("a\u{10ffff}", "a\u{10ffff}", "b"),
            ("\u{10ffff}", "\u{10ffff}", ""),
        ] {
            assert_eq!(beginning(text), (start.to_owned(), end.to_owned()));
        }
    }
}
