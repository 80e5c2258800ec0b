//! Pages of lists whose source lags behind the documents.

use model::{Direction, PageRequest};

/// A page of a list. Objects that were just deleted are left out of the rows, but not of the positions, so that the next
/// page continues after them.
#[derive(Debug, Clone)]
pub struct FoundPage<C, T> {
    /// The objects with their positions, in order.
    pub rows: Vec<(C, T)>,
    /// The position at which the page starts; none for an empty page.
    pub start: Option<C>,
    /// The position at which the page ends; none for an empty page.
    pub end: Option<C>,
    /// True if objects follow the page.
    pub has_next: bool,
    /// True if objects precede the page.
    pub has_previous: bool,
    /// The number of objects of the whole list; none if it was not requested.
    pub total: Option<i64>,
}

impl<C: Clone, T> FoundPage<C, T> {
    /// The page of some positions; `load` returns the object of a position, if it still exists.
    pub(super) fn new(
        positions: Vec<C>,
        (has_next, has_previous): (bool, bool),
        total: Option<i64>,
        mut load: impl FnMut(&C) -> Option<T>,
    ) -> Self {
        let (start, end) = (positions.first().cloned(), positions.last().cloned());
        let rows =
            positions.into_iter().filter_map(|position| load(&position).map(|found| (position, found))).collect();
        Self { rows, start, end, has_next, has_previous, total }
    }
}

/// True if objects follow a page, and true if objects precede it. `has_more` is about the direction of reading.
pub(super) const fn neighbors<C>(page: &PageRequest<C>, has_more: bool) -> (bool, bool) {
    match page.direction {
        Direction::Ascending => (has_more, page.cursor.is_some()),
        Direction::Descending => (page.cursor.is_some(), has_more),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_of_deleted_objects_bound_the_page() {
        let page = FoundPage::new(vec![1, 2, 3], (true, false), None, |position| (position % 2 == 0).then_some('x'));
        assert_eq!((page.rows, page.start, page.end), (vec![(2, 'x')], Some(1), Some(3)));
    }
}
