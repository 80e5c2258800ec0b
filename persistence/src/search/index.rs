//! The index of one process: opening, writing, and the snapshot for queries.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock},
};

use model::ids::{CategoryId, CollectionId, ProductId, ProductTypeId};
use tantivy::{
    Index, IndexReader, ReloadPolicy, Term,
    query::{EnableScoring, Query, TermQuery},
    schema::IndexRecordOption,
};

use super::{
    collect,
    facets::FacetKey,
    fields::{self, Fields},
    query::{ProductPage, ProductQuery},
    slot::Slot,
    snapshot::Snapshot,
    writer::{Change, Mark, Writing},
};
use crate::StoreResult;

/// The search index of this process.
pub struct SearchIndex {
    index: Index,
    fields: Fields,
    reader: IndexReader,
    snapshot: RwLock<Arc<Snapshot>>,
    writing: Mutex<Writing>,
    owner: OnceLock<String>,
    _slot: Option<Slot>,
}

impl SearchIndex {
    /// Opens the index in the first directory below `root` that no other process uses. An index that is missing,
    /// damaged or of another format is replaced by an empty one; then [`Self::position`] is none.
    ///
    /// # Errors
    /// [`crate::StoreError::Internal`] if the directory cannot be written.
    pub fn open(root: &Path) -> StoreResult<Self> {
        let slot = Slot::claim(root)?;
        let index = if let Some(index) = open_sound(&slot.path) {
            index
        } else {
            slot.wipe()?;
            Index::create_in_dir(&slot.path, Fields::build().0)?
        };
        Self::new(index, Some(slot))
    }

    /// Creates an index in memory.
    ///
    /// # Errors
    /// [`crate::StoreError::Internal`] if memory is insufficient.
    pub fn in_memory() -> StoreResult<Self> {
        Self::new(Index::create_in_ram(Fields::build().0), None)
    }

    fn new(index: Index, slot: Option<Slot>) -> StoreResult<Self> {
        let reader =
            index.reader_builder().reload_policy(ReloadPolicy::Manual).doc_store_cache_num_blocks(1).try_into()?;
        let snapshot = Snapshot::open(reader.searcher(), 1, None)?;
        Ok(Self {
            index,
            fields: Fields::build().1,
            reader,
            snapshot: RwLock::new(Arc::new(snapshot)),
            writing: Mutex::default(),
            owner: OnceLock::new(),
            _slot: slot,
        })
    }

    /// Sets the shop that owns the indexed products; only the first call has an effect.
    pub fn belong_to(&self, owner: String) {
        let _ = self.owner.set(owner);
    }

    /// True if the owner is set.
    #[must_use]
    pub fn has_owner(&self) -> bool {
        self.owner.get().is_some()
    }

    /// The position of the last indexed event; none until the index is complete for the products of its owner.
    ///
    /// # Errors
    /// [`crate::StoreError::Internal`] if the directory cannot be read.
    pub fn position(&self) -> StoreResult<Option<i64>> {
        let own = mark(&self.index)?.filter(|mark| mark.owner.as_ref() == self.owner.get());
        Ok(own.and_then(|mark| mark.position))
    }

    /// Number of visible commits; data read in another generation may be stale.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.snapshot().generation
    }

    /// Number of indexed products.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.snapshot().searcher.num_docs()
    }

    /// True if the index contains no product.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Applies changes for the next commit; returns the number of effective changes.
    ///
    /// # Errors
    /// [`crate::StoreError::Internal`] if the index cannot be written; uncommitted changes are dropped.
    pub fn apply(&self, changes: &[Change]) -> StoreResult<usize> {
        let snapshot = self.snapshot();
        self.write(|writing| {
            let mut effective = 0;
            for change in changes {
                effective += usize::from(writing.apply(&self.index, &self.fields, &snapshot, change)?);
            }
            Ok(effective)
        })
    }

    /// Deletes all products with the next commit, to start a rebuild.
    ///
    /// # Errors
    /// [`crate::StoreError::Internal`] if the index cannot be written.
    pub fn clear(&self) -> StoreResult<()> {
        self.write(|writing| writing.clear(&self.index))
    }

    /// Makes the changes durable and visible. `position` is the position of the last included event.
    ///
    /// # Errors
    /// [`crate::StoreError::Internal`] if the index cannot be written; uncommitted changes are dropped.
    pub fn commit(&self, position: Option<i64>) -> StoreResult<()> {
        self.write(|writing| writing.commit(&self.index, position, self.owner.get()))?;
        self.reload()
    }

    /// Merges all segments into one, after a rebuild. Blocks while it writes.
    ///
    /// # Errors
    /// [`crate::StoreError::Internal`] if the index cannot be written.
    pub fn merge(&self) -> StoreResult<()> {
        self.write(|writing| writing.merge(&self.index))?;
        self.reload()
    }

    /// Releases the memory of the writer until the next change.
    ///
    /// # Errors
    /// [`crate::StoreError::Internal`] if a background merge failed.
    pub fn release(&self) -> StoreResult<()> {
        self.write(Writing::release)?;
        self.reload()
    }

    /// Drops the changes since the last commit.
    pub fn roll_back(&self) {
        self.writing().roll_back();
    }

    /// Returns a page of products.
    ///
    /// # Errors
    /// [`crate::StoreError::Internal`] if the index cannot be read, or if the cursor belongs to another order (see
    /// [`model::search::Cursor::belongs_to`]).
    pub fn find(&self, query: &ProductQuery) -> StoreResult<ProductPage> {
        collect::run(&self.fields, &self.snapshot(), query)
    }

    /// Indexed products in a category or its descendants.
    ///
    /// # Errors
    /// [`crate::StoreError::Internal`] if the index cannot be read.
    pub fn in_category(&self, id: CategoryId) -> StoreResult<Vec<ProductId>> {
        self.with_term(Term::from_field_text(self.fields.keys, &fields::category_key(id)))
    }

    /// Indexed products of a collection.
    ///
    /// # Errors
    /// [`crate::StoreError::Internal`] if the index cannot be read.
    pub fn in_collection(&self, id: CollectionId) -> StoreResult<Vec<ProductId>> {
        self.with_term(Term::from_field_text(self.fields.keys, &fields::collection_key(id)))
    }

    /// Indexed products of a type.
    ///
    /// # Errors
    /// [`crate::StoreError::Internal`] if the index cannot be read.
    pub fn of_type(&self, id: ProductTypeId) -> StoreResult<Vec<ProductId>> {
        let term = FacetKey::ProductType.term(id.uuid().simple());
        self.with_term(Term::from_field_text(self.fields.facets, &term))
    }

    /// Products whose indexed units sold differ from `units`; products that are absent there count as unsold.
    #[must_use]
    pub fn with_other_units(&self, units: &HashMap<ProductId, i64>) -> BTreeSet<ProductId> {
        let snapshot = self.snapshot();
        let mut ids = BTreeSet::new();
        for (segment, columns) in snapshot.searcher.segment_readers().iter().zip(&snapshot.columns) {
            for doc in segment.doc_ids_alive() {
                let id = columns.product_id(doc);
                // A product without the column or without sales has sold nothing.
                let indexed = columns.units_sold.first(doc).unwrap_or(0);
                if indexed != units.get(&id).copied().unwrap_or(0) {
                    ids.insert(id);
                }
            }
        }
        ids
    }

    fn with_term(&self, term: Term) -> StoreResult<Vec<ProductId>> {
        let snapshot = self.snapshot();
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let weight = query.weight(EnableScoring::disabled_from_searcher(&snapshot.searcher))?;
        let mut ids = Vec::new();
        for (segment, columns) in snapshot.searcher.segment_readers().iter().zip(&snapshot.columns) {
            weight.for_each_no_score(segment, &mut |docs| {
                ids.extend(docs.iter().filter(|doc| !segment.is_deleted(**doc)).map(|doc| columns.product_id(*doc)));
            })?;
        }
        ids.sort_unstable();
        Ok(ids)
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn writing(&self) -> MutexGuard<'_, Writing> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write<T>(&self, work: impl FnOnce(&mut Writing) -> StoreResult<T>) -> StoreResult<T> {
        let mut writing = self.writing();
        work(&mut writing).inspect_err(|_| writing.roll_back())
    }

    /// Makes committed changes visible to queries.
    fn reload(&self) -> StoreResult<()> {
        self.reader.reload()?;
        let before = self.snapshot();
        let next = Snapshot::open(self.reader.searcher(), before.generation + 1, Some(&before))?;
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        Ok(())
    }
}

/// The index of a directory; none if it is missing, damaged or of another format.
fn open_sound(path: &Path) -> Option<Index> {
    let index = Index::open_in_dir(path).ok()?;
    let is_current = mark(&index).ok()?.is_some_and(|mark| mark.format == fields::FORMAT);
    let is_sound = is_current && index.schema() == Fields::build().0 && index.validate_checksum().ok()?.is_empty();
    is_sound.then_some(index)
}

fn mark(index: &Index) -> StoreResult<Option<Mark>> {
    Ok(index.load_metas()?.payload.and_then(|payload| serde_json::from_str(&payload).ok()))
}
