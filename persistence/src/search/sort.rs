//! The order of a product list.

use model::Direction;

/// A sort order; equal keys are ordered by product id in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    /// The sort key.
    pub key: SortKey,
    /// The direction; products without the key come last in both directions.
    pub direction: Direction,
}

/// The sort key of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// Relevance of the words; without words, units sold.
    Relevance,
    /// The lowest price in the query's channel and currency.
    Price,
    /// The name in the query's languages.
    Name,
    /// Creation time.
    CreatedAt,
    /// Units sold in the last 30 days.
    BestSelling,
    /// The position in the query's collection; without a collection, units sold.
    Manual,
}

impl SortKey {
    pub(super) const fn letter(self) -> char {
        match self {
            Self::Relevance => 'r',
            Self::Price => 'p',
            Self::Name => 'n',
            Self::CreatedAt => 'c',
            Self::BestSelling => 'b',
            Self::Manual => 'm',
        }
    }

    pub(super) fn from_letter(letter: &str) -> Option<Self> {
        [Self::Relevance, Self::Price, Self::Name, Self::CreatedAt, Self::BestSelling, Self::Manual]
            .into_iter()
            .find(|key| letter.chars().eq([key.letter()]))
    }
}
