//! The state that queries read: the committed segments with their columns, until the next commit.

use std::{
    collections::HashMap,
    fmt::Debug,
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use model::ids::ProductId;
use tantivy::{DocId, DocSet as _, Searcher, TERMINATED, Term, index::SegmentId, schema::IndexRecordOption};

use super::{
    FacetCounts,
    columns::SegmentColumns,
    facets::FacetValues,
    failed,
    fields::{self, Fields},
    query::{FacetRequest, ProductPage, ProductQuery},
};
use crate::StoreResult;

/// Maximum number of cached counts, and of cached pages, per generation.
const MAX_KEPT: usize = 512;

/// One immutable state of the index.
pub(super) struct Snapshot {
    /// Number of commits of this process.
    pub generation: u64,
    pub searcher: Searcher,
    /// The columns of each segment, in the order of the searcher.
    pub columns: Vec<Arc<SegmentColumns>>,
    pub facets: FacetValues,
    /// For each segment, the numbers of its facet values in `facets`.
    pub numbers: Vec<Vec<u32>>,
    counts: Kept<Counts>,
    pages: Kept<ProductPage>,
}

/// Cached results of lists in this state.
type Kept<V> = Mutex<HashMap<ListKey, V>>;

/// The hash of the query that counts or a page depend on. Only the hash is stored, because clients can send filters of
/// any length.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ListKey([u64; 2]);

/// Random hash keys of this process, so that clients cannot construct collisions.
static HASHERS: LazyLock<[RandomState; 2]> = LazyLock::new(|| [RandomState::new(), RandomState::new()]);

/// The total of a list and the count of each facet value.
#[derive(Clone, Default)]
pub(super) struct Counts {
    pub total: u64,
    pub facets: Arc<Vec<FacetCounts>>,
}

impl Snapshot {
    /// Creates a snapshot of the searcher; reuses the columns of known segments.
    pub fn open(searcher: Searcher, generation: u64, before: Option<&Self>) -> StoreResult<Self> {
        let known: HashMap<SegmentId, &Arc<SegmentColumns>> = before
            .map(|before| {
                let ids = before.searcher.segment_readers().iter().map(tantivy::SegmentReader::segment_id);
                ids.zip(&before.columns).collect()
            })
            .unwrap_or_default();
        let columns = searcher
            .segment_readers()
            .iter()
            .map(|segment| match known.get(&segment.segment_id()) {
                Some(columns) => Ok(Arc::clone(columns)),
                None => SegmentColumns::open(segment).map(Arc::new),
            })
            .collect::<StoreResult<Vec<_>>>()?;
        let (facets, numbers) = FacetValues::merge(&columns);
        Ok(Self { generation, searcher, columns, facets, numbers, counts: Kept::default(), pages: Kept::default() })
    }

    /// The hash of a committed product; none if it is not indexed.
    pub fn digest(&self, fields: &Fields, id: ProductId) -> StoreResult<Option<u64>> {
        Ok(self.find(fields, id)?.map(|(columns, doc)| columns.digest.get_val(doc)))
    }

    /// The value of a product in a numeric column; none if it is not indexed.
    pub fn number(&self, fields: &Fields, id: ProductId, key: &str) -> StoreResult<Option<i64>> {
        let Some((columns, doc)) = self.find(fields, id)? else { return Ok(None) };
        Ok(columns.number(key)?.and_then(|column| column.first(doc)))
    }

    /// Finds the segment and document of a product.
    fn find(&self, fields: &Fields, id: ProductId) -> StoreResult<Option<(&SegmentColumns, DocId)>> {
        let term = Term::from_field_text(fields.keys, &fields::product_key(id));
        for (segment, columns) in self.searcher.segment_readers().iter().zip(&self.columns) {
            let postings = segment.inverted_index(fields.keys)?.read_postings(&term, IndexRecordOption::Basic);
            let Some(mut postings) = postings.map_err(failed)? else { continue };
            while postings.doc() != TERMINATED {
                if !segment.is_deleted(postings.doc()) {
                    return Ok(Some((columns, postings.doc())));
                }
                postings.advance();
            }
        }
        Ok(None)
    }

    /// Cached counts.
    pub fn known_counts(&self, key: &ListKey) -> Option<Counts> {
        known(&self.counts, key)
    }

    /// Caches counts.
    pub fn keep_counts(&self, key: ListKey, counts: Counts) {
        keep(&self.counts, key, counts);
    }

    /// A cached page.
    pub fn known_page(&self, key: &ListKey) -> Option<ProductPage> {
        known(&self.pages, key)
    }

    /// Caches a page.
    pub fn keep_page(&self, key: ListKey, page: ProductPage) {
        keep(&self.pages, key, page);
    }
}

fn known<V: Clone>(kept: &Kept<V>, key: &ListKey) -> Option<V> {
    kept.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
}

fn keep<V>(kept: &Kept<V>, key: ListKey, value: V) {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= MAX_KEPT {
        kept.clear();
    }
    kept.insert(key, value);
}

impl ListKey {
    /// The key of the counts of a query, independent of order and page.
    pub fn of_counts(query: &ProductQuery, request: &FacetRequest) -> Self {
        Self::hash(query, request)
    }

    /// The key of the first page of a query.
    pub fn of_page(query: &ProductQuery) -> Self {
        let ProductQuery { names, sort, page, facets, .. } = query;
        Self::hash(query, (names, sort, page.size, page.direction, facets))
    }

    fn hash(query: &ProductQuery, more: impl Debug) -> Self {
        let ProductQuery { channel, currency, text, category, collection, filter, .. } = query;
        let list = format!("{channel:?}{currency}{text:?}{category:?}{collection:?}{filter:?}{more:?}");
        Self(HASHERS.each_ref().map(|hasher| hasher.hash_one(&list)))
    }
}
