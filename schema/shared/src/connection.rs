//! Relay connections: bounded pages with opaque keyset cursors.

use std::{borrow::Cow, future::Future, ops::Range};

use async_graphql::{Context, Object, OutputType, SimpleObject, TypeName};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Direction, Page, PageError, PageRequest};
use serde::{Serialize, de::DeserializeOwned};
use services::error::ServiceResult;

/// The position of a page in its list.
#[derive(Debug, Clone, Default, SimpleObject)]
pub struct PageInfo {
    /// True if entries follow the last entry of the page.
    pub has_next_page: bool,
    /// True if entries precede the first entry of the page.
    pub has_previous_page: bool,
    /// Cursor of the first entry; null on an empty page.
    pub start_cursor: Option<String>,
    /// Cursor of the last entry; null on an empty page.
    pub end_cursor: Option<String>,
}

/// An entry of a connection with its cursor.
pub struct Edge<T> {
    cursor: String,
    node: T,
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// An entry of a connection with its cursor.
#[Object(name_type)]
impl<T: OutputType> Edge<T> {
    /// Cursor of the entry for `after` or `before`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The entry itself.
    async fn node(&self) -> &T {
        &self.node
    }
}

/// A page of a list.
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

/// A page of a list.
#[Object(name_type)]
impl<T: OutputType> Connection<T> {
    /// Entries of the page with their cursors.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// Entries of the page.
    async fn nodes(&self) -> Vec<&T> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Position of the page in its list.
    async fn page_info(&self) -> &PageInfo {
        &self.page_info
    }

    /// Number of entries in the whole list.
    async fn total_count(&self) -> i64 {
        self.total_count
    }
}

impl<T> Connection<T> {
    /// A page of a list. `total` is the result of [`total_count`]; `key` gives the cursor of a row and `node` its object.
    pub fn new<C, R, K: Serialize>(
        page: &PageRequest<C>,
        found: Page<R>,
        total: Option<i64>,
        key: impl Fn(&R) -> K,
        node: impl Fn(R) -> T,
    ) -> Self {
        let Page { rows, has_more } = found;
        let edge = |row: R| Edge { cursor: encode_cursor(&key(&row)), node: node(row) };
        let edges: Vec<Edge<T>> = rows.into_iter().map(edge).collect();
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
        // Without a total, `totalCount` is not selected.
        Self { edges, page_info, total_count: total.unwrap_or_default() }
    }

    /// A page of a list with cursors in a form of their own. `total` is none if `totalCount` is not selected.
    pub fn of_edges(edges: impl Iterator<Item = (String, T)>, page_info: PageInfo, total: Option<i64>) -> Self {
        let edges = edges.map(|(cursor, node)| Edge { cursor, node }).collect();
        Self { edges, page_info, total_count: total.unwrap_or_default() }
    }

    /// A page of a list that is already in memory; the cursors are the keys of its entries. Only the entries of the page become
    /// nodes.
    ///
    /// # Errors
    /// [`PageError::Cursor`] if the cursor belongs to no entry.
    pub fn of_slice<K: Serialize + PartialEq, R>(
        page: &PageRequest<K>,
        rows: &[R],
        key: impl Fn(&R) -> K,
        node: impl Fn(&R) -> T,
    ) -> Result<Self, PageError> {
        let total = i64::try_from(rows.len()).ok();
        let keys: Vec<K> = rows.iter().map(&key).collect();
        let (range, has_more) = page_range(page, &keys)?;
        let rows = rows.get(range).unwrap_or_default().iter().collect();
        Ok(Self::new(page, Page { rows, has_more }, total, |row| key(row), node))
    }

    /// A page of a short list whose nodes are already in memory; the cursors are the keys of its entries.
    ///
    /// # Errors
    /// [`PageError::Cursor`] if the cursor belongs to no entry.
    pub fn of_list<K: Serialize + Clone + PartialEq>(
        page: &PageRequest<K>,
        list: Vec<(K, T)>,
    ) -> Result<Self, PageError> {
        let total = i64::try_from(list.len()).ok();
        let keys: Vec<K> = list.iter().map(|(key, _)| key.clone()).collect();
        let (range, has_more) = page_range(page, &keys)?;
        let rows = list.into_iter().skip(range.start).take(range.len()).collect();
        Ok(Self::new(page, Page { rows, has_more }, total, |(key, _): &(K, T)| key.clone(), |(_, node)| node))
    }
}

/// The positions of a page in the keys of a whole list, and true if more entries follow in its direction.
///
/// # Errors
/// [`PageError::Cursor`] if the cursor belongs to no entry.
pub fn page_range<K: PartialEq>(page: &PageRequest<K>, keys: &[K]) -> Result<(Range<usize>, bool), PageError> {
    let at = match &page.cursor {
        Some(cursor) => Some(keys.iter().position(|key| key == cursor).ok_or(PageError::Cursor)?),
        None => None,
    };
    Ok(match page.direction {
        Direction::Ascending => {
            let start = at.map_or(0, |at| at + 1);
            let end = (start + page.size).min(keys.len());
            (start..end, end < keys.len())
        }
        Direction::Descending => {
            let end = at.unwrap_or(keys.len());
            // The first page has fewer entries than requested.
            let start = end.saturating_sub(page.size);
            (start..end, start > 0)
        }
    })
}

/// The result of `count` if `totalCount` is selected, so that a list is counted only then.
///
/// # Errors
/// The error of `count`.
pub async fn total_count(
    ctx: &Context<'_>,
    count: impl Future<Output = ServiceResult<i64>> + Send,
) -> ServiceResult<Option<i64>> {
    if ctx.look_ahead().field("totalCount").exists() { count.await.map(Some) } else { Ok(None) }
}

/// The arguments of a connection field; see [`connection_fields`](crate::connection_fields).
#[derive(Debug, Default)]
pub struct ConnectionArgs {
    /// Number of entries from the start.
    pub first: Option<i32>,
    /// Cursor after which the page starts.
    pub after: Option<String>,
    /// Number of entries from the end.
    pub last: Option<i32>,
    /// Cursor before which the page ends.
    pub before: Option<String>,
}

impl ConnectionArgs {
    /// The requested page, with cursors that [`Connection`] created.
    ///
    /// # Errors
    /// [`PageError`] if the arguments contradict each other, are out of bounds or do not belong to the list.
    pub fn page<K: DeserializeOwned>(self) -> Result<PageRequest<K>, PageError> {
        self.page_with(decode_cursor)
    }

    /// The requested page, with cursors in a form of their own.
    ///
    /// # Errors
    /// [`PageError`] if the arguments contradict each other, are out of bounds or do not belong to the list.
    pub fn page_with<K>(self, decode: impl Fn(&str) -> Result<K, PageError>) -> Result<PageRequest<K>, PageError> {
        let decode = |cursor: Option<String>| cursor.map(|cursor| decode(&cursor)).transpose();
        PageRequest::parse(self.first, decode(self.after)?, self.last, decode(self.before)?)
    }
}

/// The cursor of a sort key, as [`ConnectionArgs::page`] reads it.
#[must_use]
pub fn encode_cursor(key: &impl Serialize) -> String {
    // Ids and numbers always serialize.
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

fn decode_cursor<K: DeserializeOwned>(cursor: &str) -> Result<K, PageError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| PageError::Cursor)?;
    serde_json::from_slice(&bytes).map_err(|_| PageError::Cursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Vec<(u32, i32)> {
        (0..5).map(|n| (n, 10 * i32::try_from(n).unwrap())).collect()
    }

    fn page<K: DeserializeOwned>(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<PageRequest<K>, PageError> {
        ConnectionArgs { first, after, last, before }.page()
    }

    fn nodes(connection: &Connection<i32>) -> Vec<i32> {
        connection.edges.iter().map(|edge| edge.node).collect()
    }

    #[test]
    fn pages_forward_and_backward_without_gaps() {
        let first = Connection::of_list(&page(Some(2), None, None, None).unwrap(), list()).unwrap();
        assert_eq!((nodes(&first), first.page_info.has_next_page), (vec![0, 10], true));
        let after = first.page_info.end_cursor.clone();
        let second = Connection::of_list(&page(Some(9), after, None, None).unwrap(), list()).unwrap();
        assert_eq!((nodes(&second), second.page_info.has_next_page), (vec![20, 30, 40], false));
        let before = second.page_info.start_cursor.clone();
        let same = page(Some(2), None, None, None).unwrap();
        let sliced = Connection::of_slice(&same, &list(), |(key, _)| *key, |(_, number)| *number).unwrap();
        assert_eq!((nodes(&sliced), sliced.page_info.end_cursor), (vec![0, 10], first.page_info.end_cursor.clone()));
        let back = Connection::of_list(&page(None, None, Some(1), before).unwrap(), list()).unwrap();
        assert_eq!((nodes(&back), back.page_info.has_previous_page), (vec![10], true));
    }

    #[test]
    fn rows_read_backward_are_returned_forward() {
        let page = page::<u32>(None, None, Some(2), None).unwrap();
        let read = Connection::new(&page, Page::from_rows(&page, vec![40, 30, 20]), None, |row| *row, |row| row);
        assert_eq!((nodes(&read), read.page_info.has_previous_page), (vec![30, 40], true));
    }

    #[test]
    fn rejects_a_cursor_of_another_list() {
        let foreign = encode_cursor(&("a", "b"));
        assert_eq!(page::<u32>(Some(2), Some(foreign), None, None), Err(PageError::Cursor));
        assert_eq!(page::<u32>(Some(2), Some("%%%".into()), None, None), Err(PageError::Cursor));
        assert_eq!(page::<u32>(Some(101), None, None, None), Err(PageError::Size));
        assert_eq!(page::<u32>(Some(2), None, Some(2), None), Err(PageError::MixedDirections));
    }
}
