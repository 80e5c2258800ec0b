//! Relay connections: bounded pages with opaque keyset cursors.

use std::borrow::Cow;

use async_graphql::{Context, Object, OutputType, SimpleObject, TypeName};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Direction, PageError, PageRequest};
use serde::{Serialize, de::DeserializeOwned};

/// Where a page starts and ends, and whether there is more.
#[derive(Debug, Clone, Default, SimpleObject)]
pub struct PageInfo {
    /// Whether entries follow the last one of this page.
    pub has_next_page: bool,
    /// Whether entries precede the first one of this page.
    pub has_previous_page: bool,
    /// The cursor of the first entry; null on an empty page.
    pub start_cursor: Option<String>,
    /// The cursor of the last entry; null on an empty page.
    pub end_cursor: Option<String>,
}

/// An entry of a connection with its place in it.
pub struct Edge<T> {
    cursor: String,
    node: T,
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// An entry of a connection with its place in it.
#[Object(name_type)]
impl<T: OutputType> Edge<T> {
    /// The place of the entry, to be given as `after` or `before`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The entry.
    async fn node(&self) -> &T {
        &self.node
    }
}

/// One page of a list.
pub struct Connection<T> {
    edges: Vec<Edge<T>>,
    page_info: PageInfo,
    total_count: i64,
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

/// One page of a list.
#[Object(name_type)]
impl<T: OutputType> Connection<T> {
    /// The entries with their cursors.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The entries.
    async fn nodes(&self) -> Vec<&T> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where the page starts and ends, and whether there is more.
    async fn page_info(&self) -> &PageInfo {
        &self.page_info
    }

    /// How many entries the whole list has.
    async fn total_count(&self) -> i64 {
        self.total_count
    }
}

impl<T> Connection<T> {
    /// A page from rows with their cursors, in display order; `has_more` says whether there is more in the direction
    /// of the page. Give a `total` when `totalCount` is selected (see [`wants_total_count`]).
    pub fn new<C>(page: &PageRequest<C>, rows: Vec<(String, T)>, has_more: bool, total: Option<i64>) -> Self {
        let edges: Vec<Edge<T>> = rows.into_iter().map(|(cursor, node)| Edge { cursor, node }).collect();
        let is_inside = page.cursor.is_some();
        let (has_next_page, has_previous_page) = match page.direction {
            Direction::Ascending => (has_more, is_inside),
            Direction::Descending => (is_inside, has_more),
        };
        let page_info = PageInfo {
            has_next_page,
            has_previous_page,
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        Self { edges, page_info, total_count: total.unwrap_or_default() }
    }

    /// A page from what a store was asked for with [`PageRequest::limit`]: rows in the order in which they were read,
    /// away from the cursor, and one too many when there are more.
    pub fn of_rows<C>(
        page: &PageRequest<C>,
        mut rows: Vec<T>,
        cursor: impl Fn(&T) -> String,
        total: Option<i64>,
    ) -> Self {
        let has_more = rows.len() > page.size;
        rows.truncate(page.size);
        if page.direction == Direction::Descending {
            rows.reverse();
        }
        let rows = rows.into_iter().map(|row| (cursor(&row), row)).collect();
        Self::new(page, rows, has_more, total)
    }

    /// A page of a short list that is already in memory; cursors are the keys of its entries.
    ///
    /// # Errors
    /// [`PageError::Cursor`] when the cursor names no entry.
    pub fn of_list<K: Serialize + DeserializeOwned + PartialEq>(
        page: &PageRequest<K>,
        list: Vec<(K, T)>,
    ) -> Result<Self, PageError> {
        let total = i64::try_from(list.len()).unwrap_or(i64::MAX);
        let at = match &page.cursor {
            Some(cursor) => Some(list.iter().position(|(key, _)| key == cursor).ok_or(PageError::Cursor)?),
            None => None,
        };
        let (start, end) = match page.direction {
            Direction::Ascending => {
                let start = at.map_or(0, |at| at + 1);
                (start, (start + page.size).min(list.len()))
            }
            Direction::Descending => {
                let end = at.unwrap_or(list.len());
                (end.saturating_sub(page.size), end)
            }
        };
        let has_more = match page.direction {
            Direction::Ascending => end < list.len(),
            Direction::Descending => start > 0,
        };
        let rows = list.into_iter().skip(start).take(end.saturating_sub(start));
        let rows = rows.map(|(key, node)| (encode_cursor(&key), node)).collect();
        Ok(Self::new(page, rows, has_more, Some(total)))
    }
}

/// Whether the list's `totalCount` is selected, so that it is counted only then.
#[must_use]
pub fn wants_total_count(ctx: &Context<'_>) -> bool {
    ctx.look_ahead().field("totalCount").exists()
}

/// The opaque form of a row's sort key.
#[must_use]
pub fn encode_cursor(key: &impl Serialize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

/// The sort key inside a cursor.
///
/// # Errors
/// [`PageError::Cursor`] when it was not made by [`encode_cursor`] for this kind of list.
pub fn decode_cursor<K: DeserializeOwned>(cursor: &str) -> Result<K, PageError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| PageError::Cursor)?;
    serde_json::from_slice(&bytes).map_err(|_| PageError::Cursor)
}

/// Reads the four arguments of a connection, cursors decoded.
///
/// # Errors
/// [`PageError`] where they contradict each other, are out of bounds or do not belong to the list.
pub fn page<K: DeserializeOwned>(
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> Result<PageRequest<K>, PageError> {
    let decode = |cursor: Option<String>| cursor.map(|cursor| decode_cursor(&cursor)).transpose();
    PageRequest::parse(first, decode(after)?, last, decode(before)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Vec<(u32, i32)> {
        (0..5).map(|n| (n, 10 * i32::try_from(n).unwrap())).collect()
    }

    fn nodes(connection: &Connection<i32>) -> Vec<i32> {
        connection.edges.iter().map(|edge| edge.node).collect()
    }

    #[test]
    fn pages_run_forward_and_backward_without_gaps() {
        let first = Connection::of_list(&page(Some(2), None, None, None).unwrap(), list()).unwrap();
        assert_eq!((nodes(&first), first.page_info.has_next_page), (vec![0, 10], true));
        let after = first.page_info.end_cursor.clone();
        let second = Connection::of_list(&page(Some(9), after, None, None).unwrap(), list()).unwrap();
        assert_eq!((nodes(&second), second.page_info.has_next_page), (vec![20, 30, 40], false));
        let before = second.page_info.start_cursor.clone();
        let back = Connection::of_list(&page(None, None, Some(1), before).unwrap(), list()).unwrap();
        assert_eq!((nodes(&back), back.page_info.has_previous_page), (vec![10], true));
    }

    #[test]
    fn rows_read_backward_are_shown_forward() {
        let page = page::<u32>(None, None, Some(2), None).unwrap();
        let read = Connection::of_rows(&page, vec![40, 30, 20], encode_cursor, None);
        assert_eq!((nodes(&read), read.page_info.has_previous_page), (vec![30, 40], true));
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let foreign = encode_cursor(&("a", "b"));
        assert_eq!(page::<u32>(Some(2), Some(foreign), None, None), Err(PageError::Cursor));
        assert_eq!(page::<u32>(Some(2), Some("%%%".into()), None, None), Err(PageError::Cursor));
        assert_eq!(page::<u32>(Some(101), None, None, None), Err(PageError::Size));
        assert_eq!(page::<u32>(Some(2), None, Some(2), None), Err(PageError::MixedDirections));
    }
}
