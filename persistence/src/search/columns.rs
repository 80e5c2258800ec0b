//! The columns of one segment, opened once per segment.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use model::ids::ProductId;
use tantivy::{
    SegmentReader,
    columnar::{Column, ColumnValues, StrColumn},
    fastfield::FastFieldReaders,
};

use uuid::Uuid;

use super::failed;
use crate::StoreResult;

/// The columns that the collector reads.
pub(super) struct SegmentColumns {
    /// The upper half of the id.
    pub id_high: Arc<dyn ColumnValues<u64>>,
    /// The lower half of the id.
    pub id_low: Arc<dyn ColumnValues<u64>>,
    /// Hash of the whole product.
    pub digest: Arc<dyn ColumnValues<u64>>,
    /// Creation time in microseconds.
    pub created_at: Column<i64>,
    /// Time of the last change in microseconds.
    pub updated_at: Column<i64>,
    /// Units sold in the last 30 days.
    pub units_sold: Column<i64>,
    /// Number of words of the shortest name.
    pub name_length: Arc<dyn ColumnValues<u64>>,
    /// The facet values, as indexes into `facet_terms`.
    pub facets: Column<u64>,
    /// All facet values of the segment, sorted.
    pub facet_terms: Vec<String>,
    readers: FastFieldReaders,
    numbers: RwLock<HashMap<String, Option<Column<i64>>>>,
    names: RwLock<HashMap<String, Option<StrColumn>>>,
}

/// The column of a number; none if no product of the segment has it.
pub(super) fn number(readers: &FastFieldReaders, key: &str) -> tantivy::Result<Option<Column<i64>>> {
    readers.column_opt(&format!("numbers.{key}"))
}

impl SegmentColumns {
    /// Opens the columns that every query reads.
    pub fn open(segment: &SegmentReader) -> StoreResult<Self> {
        let readers = segment.fast_fields();
        let (facet_terms, facets) = match readers.str("facets")? {
            Some(column) => (all_terms(&column)?, column.ords().clone()),
            None => (Vec::new(), Column::build_empty_column(segment.max_doc())),
        };
        Ok(Self {
            id_high: readers.u64("id_high")?.first_or_default_col(0),
            id_low: readers.u64("id_low")?.first_or_default_col(0),
            digest: readers.u64("digest")?.first_or_default_col(0),
            created_at: readers.i64("created_at")?,
            updated_at: readers.i64("updated_at")?,
            units_sold: readers.i64("units_sold")?,
            name_length: readers.u64("name_length")?.first_or_default_col(0),
            facets,
            facet_terms,
            readers: readers.clone(),
            numbers: RwLock::default(),
            names: RwLock::default(),
        })
    }

    /// The product's id as a number with the same order.
    pub fn id(&self, doc: u32) -> u128 {
        u128::from(self.id_high.get_val(doc)) << 64 | u128::from(self.id_low.get_val(doc))
    }

    /// The product's id.
    pub fn product_id(&self, doc: u32) -> ProductId {
        ProductId::restore(Uuid::from_u128(self.id(doc)))
    }

    /// The column of a number; none if no product of the segment has it.
    pub fn number(&self, key: &str) -> StoreResult<Option<Column<i64>>> {
        cached(&self.numbers, key, || Ok(number(&self.readers, key)?))
    }

    /// The column of names for a chain of languages.
    pub fn names(&self, chain: &str) -> StoreResult<Option<StrColumn>> {
        cached(&self.names, chain, || Ok(self.readers.str(&format!("names.{chain}"))?))
    }
}

fn all_terms(column: &StrColumn) -> StoreResult<Vec<String>> {
    let mut terms = Vec::with_capacity(column.num_terms());
    let mut stream = column.dictionary().stream().map_err(failed)?;
    while let Some((term, ())) = stream.next() {
        terms.push(String::from_utf8_lossy(term).into_owned());
    }
    Ok(terms)
}

fn cached<T: Clone>(
    opened: &RwLock<HashMap<String, Option<T>>>,
    key: &str,
    open: impl FnOnce() -> StoreResult<Option<T>>,
) -> StoreResult<Option<T>> {
    if let Some(column) = opened.read().unwrap_or_else(PoisonError::into_inner).get(key) {
        return Ok(column.clone());
    }
    let column = open()?;
    // Keys are channels and collections of the shop, so the map stays small.
    if column.is_some() {
        opened.write().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), column.clone());
    }
    Ok(column)
}
