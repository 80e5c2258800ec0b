//! Pages of lists: bounded, keyset, in either direction.

/// Which way an order or a page runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first; pages run forward.
    Ascending,
    /// Largest first; pages run backward.
    Descending,
}

/// A page that a client asked for; `cursor` is the decoded key of the row it starts after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<C> {
    /// How many rows, 1 to [`PageRequest::<C>::MAX`].
    pub size: usize,
    /// Where the page starts, exclusive; the edge of the list for none.
    pub cursor: Option<C>,
    /// Whether rows follow the cursor (`first`/`after`) or precede it (`last`/`before`).
    pub direction: Direction,
}

/// The arguments do not say one page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// `first` and `last`, or `after` and `before`, came together or crossed.
    #[error("use first with after, or last with before")]
    MixedDirections,
    /// The size is outside 1 to 100.
    #[error("a page has 1 to 100 entries")]
    Size,
    /// The cursor did not come from this list.
    #[error("this cursor does not belong to this list")]
    Cursor,
}

impl<C> PageRequest<C> {
    /// The most rows of one page.
    pub const MAX: usize = 100;
    /// The rows of a page whose size nobody asked for.
    pub const DEFAULT: usize = 20;

    /// How many rows to ask a store for: one more than the page has, to see whether there are more.
    #[must_use]
    pub fn limit(&self) -> i64 {
        i64::try_from(self.size).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// Reads the four arguments of a connection.
    ///
    /// # Errors
    /// [`PageError`] where they contradict each other or the size is out of bounds.
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
