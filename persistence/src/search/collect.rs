//! Executes a query: one pass over the matching products finds the page, the total and all facet counts.

use std::{collections::BinaryHeap, ops::Range};

use model::{
    Direction, PageError,
    search::{Cursor, Hit, SortKey},
};
use tantivy::{
    DocId, DocSet as _, SegmentReader, TERMINATED,
    query::{EnableScoring, Weight},
};

use super::{
    columns::SegmentColumns,
    compile::{self, Demand, Plan},
    facets::FacetKey,
    fields::{self, Fields},
    query::{ProductPage, ProductQuery},
    rank::{Order, Place, Ranker},
    snapshot::{Counts, ListKey, Snapshot},
};
use crate::{StoreError, StoreResult};

/// Executes a query.
pub(super) fn run(fields: &Fields, snapshot: &Snapshot, query: &ProductQuery) -> StoreResult<ProductPage> {
    if query.page.cursor.as_ref().is_some_and(|cursor| !cursor.belongs_to(query.sort.key)) {
        return Err(StoreError::Internal(PageError::Cursor.to_string()));
    }
    let is_timed = compile::is_timed(snapshot, query)?;
    // Cache the first page of a list, the most frequent request. It does not change until the next commit.
    let first_key = (query.page.cursor.is_none() && query.text.is_none() && !is_timed).then(|| ListKey::of_page(query));
    if let Some(page) = first_key.as_ref().and_then(|key| snapshot.known_page(key)) {
        return Ok(page);
    }
    let count_key = query.facets.as_ref().map(|request| ListKey::of_counts(query, request));
    let known = count_key.as_ref().filter(|_| !is_timed).and_then(|key| snapshot.known_counts(key));
    let demand = Demand { counts: query.facets.is_some() && known.is_none(), is_timed };
    let plan = compile::plan(fields, query, demand);
    let cursor = query.page.cursor.as_ref().map(|cursor| present(fields, snapshot, query, cursor)).transpose()?;
    let mut pass = Pass::new(snapshot, query, cursor, &plan, demand.counts);
    let weight = plan.query.weight(if pass.is_scored {
        EnableScoring::enabled_from_searcher(&snapshot.searcher)
    } else {
        EnableScoring::disabled_from_searcher(&snapshot.searcher)
    })?;
    let segments = snapshot.searcher.segment_readers().iter().zip(&snapshot.columns).zip(&snapshot.numbers);
    for ((segment, columns), numbers) in segments {
        pass.segment(weight.as_ref(), segment, columns, numbers)?;
    }
    let counts = match (known, count_key) {
        (Some(known), _) => known,
        (None, Some(key)) => {
            let counts = pass.counts(&plan);
            if !is_timed {
                snapshot.keep_counts(key, counts.clone());
            }
            counts
        }
        (None, None) => Counts { total: pass.total, ..Counts::default() },
    };
    let page = pass.page(counts);
    if let Some(key) = first_key {
        snapshot.keep_page(key, page.clone());
    }
    Ok(page)
}

/// Moves a cursor to the current position of its product. Positions in a collection shift when other products are added
/// or removed before them. A product that left the collection keeps its last position.
fn present(fields: &Fields, snapshot: &Snapshot, query: &ProductQuery, cursor: &Cursor) -> StoreResult<Cursor> {
    let Some(collection) = query.collection.filter(|_| query.sort.key == SortKey::Manual) else {
        return Ok(cursor.clone());
    };
    let place = snapshot.number(fields, cursor.id, &fields::position_column(collection))?;
    Ok(place.map_or_else(|| cursor.clone(), |place| cursor.moved_to(place)))
}

/// The state of a pass.
struct Pass<'a> {
    snapshot: &'a Snapshot,
    query: &'a ProductQuery,
    /// The start of the page.
    cursor: Option<Cursor>,
    /// True if the order depends on the relevance.
    is_scored: bool,
    /// Number of products to find: the page plus one, to know if more follow.
    size: usize,
    found: Vec<Cursor>,
    /// Number of products before the cursor.
    before: u64,
    total: u64,
    /// Number of products per facet value; empty if no facets were requested.
    counts: Vec<u32>,
    groups: Vec<Group>,
    /// The bit of the group that each facet value satisfies.
    bits: Vec<u32>,
    all_groups: u32,
}

/// A facet with a filter.
struct Group {
    bit: u32,
    values: Range<usize>,
}

impl<'a> Pass<'a> {
    fn new(
        snapshot: &'a Snapshot,
        query: &'a ProductQuery,
        cursor: Option<Cursor>,
        plan: &Plan,
        counting: bool,
    ) -> Self {
        let facets = &snapshot.facets;
        let length = if counting { facets.len() } else { 0 };
        let mut bits = vec![0; if plan.groups.is_empty() { 0 } else { facets.len() }];
        let mut groups = Vec::new();
        for (at, (facet, values)) in plan.groups.iter().enumerate() {
            let group = Group { bit: 1 << at, values: facets.range(facet) };
            for value in values.iter().filter_map(|value| facets.find(group.values.clone(), value)) {
                if let Some(bits) = bits.get_mut(value) {
                    *bits |= group.bit;
                }
            }
            groups.push(group);
        }
        let all_groups = groups.iter().fold(0, |all, group| all | group.bit);
        let size = query.page.size + 1;
        Self {
            snapshot,
            query,
            cursor,
            is_scored: query.sort.key == SortKey::Relevance && query.text.is_some(),
            size,
            found: Vec::new(),
            before: 0,
            total: 0,
            counts: vec![0; length],
            groups,
            bits,
            all_groups,
        }
    }

    fn segment(
        &mut self,
        weight: &dyn Weight,
        segment: &SegmentReader,
        columns: &SegmentColumns,
        numbers: &[u32],
    ) -> StoreResult<()> {
        let ranker = Ranker::new(columns, self.query)?;
        let after = self.cursor.as_ref().map(|cursor| ranker.place_of(cursor)).transpose()?;
        let mut top = Top { ranker: &ranker, after, size: self.size, heap: BinaryHeap::new(), before: 0 };
        let mut scorer = weight.scorer(segment, 1.0)?;
        let alive = segment.alive_bitset();
        let mut doc = scorer.doc();
        while doc != TERMINATED {
            if alive.is_none_or(|alive| alive.is_alive(doc)) && self.count(columns, numbers, doc) {
                top.offer(doc, if self.is_scored { scorer.score() } else { 0.0 });
            }
            doc = scorer.advance();
        }
        self.before += top.before;
        for place in top.heap.into_sorted_vec() {
            self.found.push(ranker.cursor(place)?);
        }
        Ok(())
    }

    /// Counts a product that the index matched; false if a facet filter excludes it.
    fn count(&mut self, columns: &SegmentColumns, numbers: &[u32], doc: DocId) -> bool {
        if self.counts.is_empty() && self.groups.is_empty() {
            self.total += 1;
            return true;
        }
        let values = || {
            let numbered = columns.facets.values_for_doc(doc);
            numbered.filter_map(|at| numbers.get(usize::try_from(at).ok()?).map(|number| *number as usize))
        };
        let missing = if self.groups.is_empty() {
            0
        } else {
            let passed = values().fold(0, |passed, value| passed | self.bits.get(value).copied().unwrap_or(0));
            self.all_groups & !passed
        };
        if missing == 0 {
            self.total += 1;
            for value in values() {
                if let Some(count) = self.counts.get_mut(value) {
                    *count += 1;
                }
            }
        } else if missing.is_power_of_two() {
            // If exactly one facet's filter excludes the product, it counts for the other values of that facet.
            let group = self.groups.iter().find(|group| group.bit == missing);
            let range = group.map_or(0..0, |group| group.values.clone());
            for value in values().filter(|value| range.contains(value)) {
                if let Some(count) = self.counts.get_mut(value) {
                    *count += 1;
                }
            }
        }
        missing == 0
    }

    fn counts(&self, plan: &Plan) -> Counts {
        let wanted = self.query.facets.as_ref().map(|request| request.categories.as_slice()).unwrap_or_default();
        let categories: Vec<String> = wanted.iter().map(|id| id.uuid().simple().to_string()).collect();
        let groups: &[(FacetKey, Vec<String>)] = &plan.groups;
        let facets = self.snapshot.facets.answer(&self.counts, groups, &categories);
        Counts { total: self.total, facets: std::sync::Arc::new(facets) }
    }

    fn page(mut self, counts: Counts) -> ProductPage {
        let order = Order::of(self.query);
        if self.snapshot.columns.len() > 1 {
            self.found.sort_by(|a, b| order.compare(a, b));
        }
        let has_more = self.found.len() > self.query.page.size;
        self.found.truncate(self.query.page.size);
        let is_backward = self.query.page.direction == Direction::Descending;
        if is_backward {
            self.found.reverse();
        }
        let starts_before = self.before > 0;
        let (has_next, has_previous) = if is_backward { (starts_before, has_more) } else { (has_more, starts_before) };
        let hits = self.found.into_iter().map(|cursor| Hit { id: cursor.id, cursor }).collect();
        ProductPage { hits, total: counts.total, has_next, has_previous, facets: counts.facets }
    }
}

/// The first products of a segment after the cursor.
struct Top<'a> {
    ranker: &'a Ranker<'a>,
    after: Option<Place>,
    size: usize,
    heap: BinaryHeap<Place>,
    before: u64,
}

impl Top<'_> {
    fn offer(&mut self, doc: DocId, score: f32) {
        let key = self.ranker.place_of_key(doc, score);
        let is_full = self.heap.len() >= self.size;
        let cannot_win = is_full && self.heap.peek().is_some_and(|last| key > last.0);
        // Read the id only if the keys are equal.
        if cannot_win && self.after.is_none_or(|after| key > after.0) {
            return;
        }
        let place = (key, self.ranker.place_of_id(doc));
        if self.after.is_some_and(|after| place <= after) {
            self.before += 1;
            return;
        }
        if !is_full {
            self.heap.push(place);
        } else if let Some(mut last) = self.heap.peek_mut().filter(|last| place < **last) {
            *last = place;
        }
    }
}
