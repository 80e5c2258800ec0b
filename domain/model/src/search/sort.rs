//! The order of product lists.

use crate::Direction;

/// The order of a product list. Equal keys are ordered by product id in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    /// Sort key.
    pub key: SortKey,
    /// Sort direction; products without the key come last in both directions.
    pub direction: Direction,
}

/// The sort key of a product list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// Relevance of the search text; without a text, units sold.
    Relevance,
    /// Lowest price in the channel and currency of the query.
    Price,
    /// Name in the locales of the query.
    Name,
    /// Time of creation.
    CreatedAt,
    /// Time of the last change; for staff.
    UpdatedAt,
    /// Units sold in the last 30 days.
    BestSelling,
    /// Position in the collection of the query; without a collection, units sold.
    Manual,
}

impl SortKey {
    pub(super) const fn letter(self) -> char {
        match self {
            Self::Relevance => 'r',
            Self::Price => 'p',
            Self::Name => 'n',
            Self::CreatedAt => 'c',
            Self::UpdatedAt => 'u',
            Self::BestSelling => 'b',
            Self::Manual => 'm',
        }
    }

    pub(super) fn from_letter(letter: &str) -> Option<Self> {
        let all = [
            Self::Relevance,
            Self::Price,
            Self::Name,
            Self::CreatedAt,
            Self::UpdatedAt,
            Self::BestSelling,
            Self::Manual,
        ];
        all.into_iter().find(|key| letter.chars().eq([key.letter()]))
    }
}
