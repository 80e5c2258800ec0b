//! Ranges of postal codes.

use async_graphql::{InputObject, SimpleObject};

/// A range of postal codes, both ends included.
#[derive(Debug, Clone, SimpleObject)]
pub struct PostalCodeRange {
    /// Lower bound, without spaces and hyphens and in upper case.
    from: String,
    /// Upper bound, as long as the lower one. Codes are compared by as many characters as the bounds have.
    to: String,
}

impl From<&model::PostalCodeRange> for PostalCodeRange {
    fn from(range: &model::PostalCodeRange) -> Self {
        Self { from: range.from().to_owned(), to: range.to().to_owned() }
    }
}

/// A range of postal codes, both ends included, such as `35000` to `35999`, or the prefix `BT` as `BT` to `BT`.
#[derive(Debug, Clone, InputObject)]
pub struct PostalCodeRangeInput {
    /// Lower bound: 1 to 10 letters and digits; spaces, hyphens and case are ignored.
    pub from: String,
    /// Upper bound, as long as the lower one. Codes are compared by as many characters as the bounds have.
    pub to: String,
}
