//! Requests for pages of lists: bounded, by keyset cursor, in either direction.

/// The direction of a sort order or a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first; for pages, forward from the start.
    Ascending,
    /// Largest first; for pages, backward from the end.
    Descending,
}

/// A requested page. `C` is the decoded sort key of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<C> {
    /// Number of rows, 1 to [`PageRequest::<C>::MAX`].
    pub size: usize,
    /// Key of the row next to the page, exclusive; None for the start or end of the list.
    pub cursor: Option<C>,
    /// Ascending if rows follow the cursor (`first`/`after`), descending if they precede it (`last`/`before`).
    pub direction: Direction,
}

/// A page of a list, in display order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// At most as many rows as were requested.
    pub rows: Vec<T>,
    /// True if more rows follow in the direction of the page.
    pub has_more: bool,
}

impl<T> Page<T> {
    /// A page without rows.
    #[must_use]
    pub const fn empty() -> Self {
        Self { rows: Vec::new(), has_more: false }
    }

    /// A page from the rows that a store returned for [`PageRequest::limit`]: in reading order, away from the cursor,
    /// and one row too many if there are more.
    #[must_use]
    pub fn from_rows<C>(request: &PageRequest<C>, mut rows: Vec<T>) -> Self {
        let has_more = rows.len() > request.size;
        rows.truncate(request.size);
        if request.direction == Direction::Descending {
            rows.reverse();
        }
        Self { rows, has_more }
    }
}

/// The page arguments are invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Forward and backward arguments were mixed.
    #[error("use first with after, or last with before")]
    MixedDirections,
    /// The size is outside 1 to 100.
    #[error("a page has 1 to 100 entries")]
    Size,
    /// The cursor belongs to another list.
    #[error("this cursor does not belong to this list")]
    Cursor,
}

impl<C> PageRequest<C> {
    /// The maximum number of rows of a page.
    pub const MAX: usize = 100;
    /// The number of rows of a page without a requested size.
    pub const DEFAULT: usize = 20;

    /// The number of rows to read: one more than the page has, to detect a next page.
    #[must_use]
    pub fn limit(&self) -> i64 {
        // A size is at most `MAX`, so nothing saturates.
        i64::try_from(self.size).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// Parses the four page arguments of a connection.
    ///
    /// # Errors
    /// [`PageError`] if the directions are mixed or the size is out of bounds.
    pub fn parse(
        first: Option<i32>,
        after: Option<C>,
        last: Option<i32>,
        before: Option<C>,
    ) -> Result<Self, PageError> {
        let (size, cursor, direction) = match (first, after, last, before) {
            (first, after, None, None) => (first, after, Direction::Ascending),
            (None, None, last, before) => (last, before, Direction::Descending),
            _ => return Err(PageError::MixedDirections),
        };
        let size = size.map_or(Ok(Self::DEFAULT), usize::try_from).map_err(|_| PageError::Size)?;
        if (1..=Self::MAX).contains(&size) { Ok(Self { size, cursor, direction }) } else { Err(PageError::Size) }
    }
}
