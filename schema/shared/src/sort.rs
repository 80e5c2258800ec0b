//! Sort orders.

use async_graphql::Enum;
use model::Direction;

/// The directions of a sort order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
pub enum SortDirection {
    /// Ascending: smallest, oldest or alphabetically first value first.
    #[default]
    Asc,
    /// Descending: largest, newest or alphabetically last value first.
    Desc,
}

impl From<SortDirection> for Direction {
    fn from(direction: SortDirection) -> Self {
        match direction {
            SortDirection::Asc => Self::Ascending,
            SortDirection::Desc => Self::Descending,
        }
    }
}
