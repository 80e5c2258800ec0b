//! What queries see: the committed segments with their columns, until the next commit.

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

/// The most counts, and the most pages, that are kept for one generation.
const MAX_KEPT: usize = 512;

/// One state of the index; immutable.
pub(super) struct Snapshot {
    /// Counts the commits of this process.
    pub generation: u64,
    pub searcher: Searcher,
    /// The columns of each segment, in the order of the searcher's.
    pub columns: Vec<Arc<SegmentColumns>>,
    pub facets: FacetValues,
    /// For each segment the numbers of its facet values in `facets`.
    pub numbers: Vec<Vec<u32>>,
    counts: Kept<Counts>,
    pages: Kept<ProductPage>,
}

/// What lists came to in this state.
type Kept<V> = Mutex<HashMap<ListKey, V>>;

/// The hash of what counts or a page depend on besides the state of the index. Clients make filters as long as they
/// like; kept is only this.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ListKey([u64; 2]);

/// Keys of this process, so that nobody outside can make two lists look like one.
static HASHERS: LazyLock<[RandomState; 2]> = LazyLock::new(|| [RandomState::new(), RandomState::new()]);

/// How many products a list has, and how many of them have each value.
#[derive(Clone, Default)]
pub(super) struct Counts {
    pub total: u64,
    pub facets: Arc<Vec<FacetCounts>>,
}

impl Snapshot {
    /// Opens the state of the searcher; columns of segments that were there before are kept.
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

    /// The hash of what is committed of a product; none when it is not there.
    pub fn digest(&self, fields: &Fields, id: ProductId) -> StoreResult<Option<u64>> {
        Ok(self.find(fields, id)?.map(|(columns, doc)| columns.digest.get_val(doc)))
    }

    /// What a product has in a column of numbers; none when it is not there.
    pub fn number(&self, fields: &Fields, id: ProductId, key: &str) -> StoreResult<Option<i64>> {
        let Some((columns, doc)) = self.find(fields, id)? else { return Ok(None) };
        Ok(columns.number(key)?.and_then(|column| column.first(doc)))
    }

    /// Where a product is.
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

    /// Counts that were taken in this state before.
    pub fn known_counts(&self, key: &ListKey) -> Option<Counts> {
        known(&self.counts, key)
    }

    /// Keeps counts for the next query of the same list.
    pub fn keep_counts(&self, key: ListKey, counts: Counts) {
        keep(&self.counts, key, counts);
    }

    /// A page that was found in this state before.
    pub fn known_page(&self, key: &ListKey) -> Option<ProductPage> {
        known(&self.pages, key)
    }

    /// Keeps a page for the next query of the same.
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
    /// The counts of a query's list, whatever its order and page.
    pub fn of_counts(query: &ProductQuery, request: &FacetRequest) -> Self {
        Self::hash(query, request)
    }

    /// The first page of a query, in its order.
    pub fn of_page(query: &ProductQuery) -> Self {
        let ProductQuery { names, sort, page, facets, .. } = query;
        Self::hash(query, (names, sort, page.size, page.direction, facets))
    }

    fn hash(query: &ProductQuery, more: impl Debug) -> Self {
        let ProductQuery { channel, currency, text, category, collection, filter, .. } = query;
        let list = format!("{channel}{currency}{text:?}{category:?}{collection:?}{filter:?}{more:?}");
        Self(HASHERS.each_ref().map(|hasher| hasher.hash_one(&list)))
    }
}
