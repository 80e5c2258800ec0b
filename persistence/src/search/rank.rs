//! The order of a list as numbers: the place of a product is a pair, and smaller pairs come first.

use std::{cmp::Ordering, ops::Bound};

use model::{
    Direction,
    ids::ProductId,
    search::{Cursor, CursorKey, SortKey},
};
use tantivy::{
    Score,
    columnar::{Column, StrColumn},
    i64_to_u64, u64_to_i64,
};
use uuid::Uuid;

use super::{columns::SegmentColumns, failed, fields, query::ProductQuery};
use crate::StoreResult;

/// The rank of a product: its key, then its id.
pub(super) type Place = (u64, u128);

/// Factor of the score; the length of the shortest name decides below it, so that among equal matches shorter names
/// come first.
const NAME_LENGTHS: i64 = 16;

/// Direction of keys and ids, and the end from which the list is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    sort: SortKey,
    is_descending: bool,
    is_backward: bool,
}

impl Order {
    pub fn of(query: &ProductQuery) -> Self {
        Self {
            sort: query.sort.key,
            is_descending: query.sort.direction == Direction::Descending,
            is_backward: query.page.direction == Direction::Descending,
        }
    }

    fn place_of_key(self, key: Option<u64>) -> u64 {
        // Missing keys come last in both directions.
        let place = key.map_or(u64::MAX, |key| if self.is_descending { !key } else { key }.min(u64::MAX - 1));
        if self.is_backward { !place } else { place }
    }

    fn key_of_place(self, place: u64) -> Option<u64> {
        let place = if self.is_backward { !place } else { place };
        (place != u64::MAX).then_some(if self.is_descending { !place } else { place })
    }

    /// The place of an id among equal keys; this function is its own inverse.
    fn place_of_id(self, id: u128) -> u128 {
        if self.is_descending == self.is_backward { id } else { !id }
    }

    /// Compares two cursors in reading order.
    pub fn compare(self, a: &Cursor, b: &Cursor) -> Ordering {
        let natural = match (&a.key, &b.key) {
            (CursorKey::Missing, CursorKey::Missing) => Ordering::Equal,
            (CursorKey::Missing, _) => return self.as_read(Ordering::Greater),
            (_, CursorKey::Missing) => return self.as_read(Ordering::Less),
            (CursorKey::Number(a), CursorKey::Number(b)) => a.cmp(b),
            (CursorKey::Text(a), CursorKey::Text(b)) => a.cmp(b),
            (CursorKey::Number(_), CursorKey::Text(_)) => Ordering::Less,
            (CursorKey::Text(_), CursorKey::Number(_)) => Ordering::Greater,
        };
        let natural = natural.then_with(|| a.id.cmp(&b.id));
        self.as_read(if self.is_descending { natural.reverse() } else { natural })
    }

    fn as_read(self, ordering: Ordering) -> Ordering {
        if self.is_backward { ordering.reverse() } else { ordering }
    }
}

/// The keys of one segment.
pub(super) struct Ranker<'a> {
    pub order: Order,
    columns: &'a SegmentColumns,
    keys: Keys,
}

enum Keys {
    /// The relevance.
    Score,
    Number(Option<Column<i64>>),
    Name(Option<StrColumn>),
}

impl<'a> Ranker<'a> {
    pub fn new(columns: &'a SegmentColumns, query: &ProductQuery) -> StoreResult<Self> {
        let units_sold = || Keys::Number(Some(columns.units_sold.clone()));
        let keys = match (query.sort.key, query.collection) {
            (SortKey::Relevance, _) if query.text.is_some() => Keys::Score,
            (SortKey::Manual, Some(id)) => Keys::Number(columns.number(&fields::position_column(id))?),
            (SortKey::Relevance | SortKey::Manual | SortKey::BestSelling, _) => units_sold(),
            (SortKey::Price, _) => Keys::Number(match query.channel {
                Some(channel) => columns.number(&fields::price_column(channel, query.currency))?,
                None => None,
            }),
            (SortKey::CreatedAt, _) => Keys::Number(Some(columns.created_at.clone())),
            (SortKey::UpdatedAt, _) => Keys::Number(Some(columns.updated_at.clone())),
            (SortKey::Name, _) => Keys::Name(columns.names(&query.names)?),
        };
        Ok(Self { order: Order::of(query), columns, keys })
    }

    /// The rank of a product's key.
    pub fn place_of_key(&self, doc: u32, score: Score) -> u64 {
        let key = match &self.keys {
            Keys::Score => Some(i64_to_u64(self.relevance(doc, score))),
            Keys::Number(column) => column.as_ref().and_then(|column| column.first(doc)).map(i64_to_u64),
            Keys::Name(column) => column.as_ref().and_then(|column| column.ords().first(doc)).map(key_of_name),
        };
        self.order.place_of_key(key)
    }

    /// The rank of a product's id.
    pub fn place_of_id(&self, doc: u32) -> u128 {
        self.order.place_of_id(self.columns.id(doc))
    }

    #[expect(clippy::cast_possible_truncation, reason = "scores are small whole numbers")]
    fn relevance(&self, doc: u32, score: Score) -> i64 {
        let length = i64::try_from(self.columns.name_length.get_val(doc)).unwrap_or(NAME_LENGTHS);
        (score as i64) * NAME_LENGTHS + (NAME_LENGTHS - 1 - length).max(0)
    }

    /// The rank of a cursor among the products of this segment.
    pub fn place_of(&self, cursor: &Cursor) -> StoreResult<Place> {
        let key = match (&cursor.key, &self.keys) {
            (CursorKey::Missing, _) => None,
            (CursorKey::Number(number), _) => Some(i64_to_u64(*number)),
            (CursorKey::Text(name), Keys::Name(Some(column))) => Some(name_key(column, name)?),
            // No product of the segment has a name, so every key precedes them.
            (CursorKey::Text(_), _) => Some(gap_before(0)),
        };
        let (high, low) = cursor.id.uuid().as_u64_pair();
        let id = u128::from(high) << 64 | u128::from(low);
        Ok((self.order.place_of_key(key), self.order.place_of_id(id)))
    }

    /// The cursor of a place, independent of the segment.
    pub fn cursor(&self, (key, id): Place) -> StoreResult<Cursor> {
        let key = match (self.order.key_of_place(key), &self.keys) {
            (None, _) => CursorKey::Missing,
            (Some(key), Keys::Name(Some(column))) => {
                let mut name = String::new();
                column.ord_to_str(name_of_key(key), &mut name).map_err(failed)?;
                CursorKey::Text(name)
            }
            (Some(key), _) => CursorKey::Number(u64_to_i64(key)),
        };
        let id = ProductId::restore(Uuid::from_u128(self.order.place_of_id(id)));
        Ok(Cursor { sort: self.order.sort, key, id })
    }
}

/// The key of a name, which the segment may lack.
fn name_key(column: &StrColumn, name: &str) -> StoreResult<u64> {
    let dictionary = column.dictionary();
    if let Some(at) = dictionary.term_ord(name).map_err(failed)? {
        return Ok(key_of_name(at));
    }
    let (next, _) = dictionary.term_bounds_to_ord(Bound::Included(name), Bound::Unbounded).map_err(failed)?;
    let names = dictionary.num_terms() as u64;
    Ok(gap_before(match next {
        Bound::Included(next) => next.min(names),
        _ => names,
    }))
}

// Names of the segment have even keys, and gaps between them odd keys. Key 0 is unused, because in descending order it
// would equal the place of a missing key.

/// The key of the name with this ordinal in the segment.
const fn key_of_name(ord: u64) -> u64 {
    ord * 2 + 2
}

/// The ordinal of the name with this key.
const fn name_of_key(key: u64) -> u64 {
    key / 2 - 1
}

/// The key of names that the segment lacks and that precede the name with this ordinal.
const fn gap_before(ord: u64) -> u64 {
    ord * 2 + 1
}
