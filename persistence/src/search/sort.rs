//! The order of a product list.

use model::Direction;

/// An order of products; equal keys are ordered by product id, in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    /// What decides.
    pub key: SortKey,
    /// Which way; products without the key come last either way.
    pub direction: Direction,
}

/// What decides the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// How well the words match; without words how well it sells.
    Relevance,
    /// The lowest price in the query's channel and currency.
    Price,
    /// The name in the query's languages.
    Name,
    /// When it was created.
    CreatedAt,
    /// How well it sells.
    BestSelling,
    /// The place in the query's collection; without a collection how well it sells.
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
