//! Writing: batches of changes, commits with an event position, and a writer that exists only while there are
//! changes.

use std::collections::HashSet;

use model::ids::ProductId;
use serde::{Deserialize, Serialize};
use tantivy::{
    Index, IndexWriter, Term,
    indexer::{IndexWriterOptions, LogMergePolicy},
};

use super::{
    document::IndexedProduct,
    fields::{self, Fields},
    snapshot::Snapshot,
};
use crate::StoreResult;

/// Memory of the writer per segment; the minimum that tantivy accepts.
const HEAP: usize = 15_000_000;

/// A change of the index.
#[derive(Debug, Clone)]
pub enum Change {
    /// Insert or replace the product.
    Put(Box<IndexedProduct>),
    /// Delete the product.
    Remove(ProductId),
}

/// The metadata of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// The format of the documents.
    pub format: u32,
    /// The position of the last indexed event; none until the index is complete.
    pub position: Option<i64>,
    /// The shop that owns the products.
    #[serde(default)]
    pub owner: Option<String>,
}

/// Uncommitted changes.
#[derive(Default)]
pub(super) struct Writing {
    writer: Option<IndexWriter>,
    /// Products changed since the last commit, whose committed hashes are outdated.
    touched: HashSet<ProductId>,
    /// True if the next commit replaces all products.
    is_cleared: bool,
}

impl Writing {
    /// Applies a change; false if the index already contains exactly this product.
    pub fn apply(&mut self, index: &Index, fields: &Fields, snapshot: &Snapshot, change: &Change) -> StoreResult<bool> {
        let id = match change {
            Change::Put(product) => product.id,
            Change::Remove(id) => *id,
        };
        let digest = match change {
            Change::Put(product) => Some(product.digest()),
            Change::Remove(_) => None,
        };
        let is_committed_state = !self.is_cleared && !self.touched.contains(&id);
        if is_committed_state && snapshot.digest(fields, id)? == digest {
            return Ok(false);
        }
        let is_cleared = self.is_cleared;
        let is_new = is_cleared && !self.touched.contains(&id);
        let writer = self.writer(index)?;
        if !is_new {
            writer.delete_term(Term::from_field_text(fields.keys, &fields::product_key(id)));
        }
        if let Change::Put(product) = change {
            writer.add_document(product.to_document(fields))?;
        }
        self.touched.insert(id);
        Ok(true)
    }

    /// Deletes all products with the next commit.
    pub fn clear(&mut self, index: &Index) -> StoreResult<()> {
        self.writer(index)?.delete_all_documents()?;
        self.touched.clear();
        self.is_cleared = true;
        Ok(())
    }

    /// Makes the changes durable, with the position of the last included event.
    pub fn commit(&mut self, index: &Index, position: Option<i64>, owner: Option<&String>) -> StoreResult<()> {
        let mark = Mark { format: fields::FORMAT, position, owner: owner.cloned() };
        let mark = serde_json::to_string(&mark).map_err(super::failed)?;
        let mut commit = self.writer(index)?.prepare_commit()?;
        commit.set_payload(&mark);
        commit.commit()?;
        self.touched.clear();
        self.is_cleared = false;
        Ok(())
    }

    /// Drops uncommitted changes.
    pub fn roll_back(&mut self) {
        self.writer = None;
        self.touched.clear();
        self.is_cleared = false;
    }

    /// Merges all segments into one, which is the fastest to search.
    pub fn merge(&mut self, index: &Index) -> StoreResult<()> {
        let segments = index.searchable_segment_ids()?;
        if segments.len() > 1 {
            self.writer(index)?.merge(&segments).wait()?;
        }
        Ok(())
    }

    /// Releases the threads and memory of the writer; the next change creates a new one. Call it only after a commit.
    pub fn release(&mut self) -> StoreResult<()> {
        match self.writer.take() {
            Some(writer) if self.touched.is_empty() && !self.is_cleared => Ok(writer.wait_merging_threads()?),
            other => {
                self.writer = other;
                Ok(())
            }
        }
    }

    fn writer(&mut self, index: &Index) -> StoreResult<&mut IndexWriter> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => open(index)?,
        };
        Ok(self.writer.insert(writer))
    }
}

fn open(index: &Index) -> StoreResult<IndexWriter> {
    let options = IndexWriterOptions::builder().memory_budget_per_thread(HEAP).num_merge_threads(1).build();
    let writer = index.writer_with_options(options)?;
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(4);
    policy.set_del_docs_ratio_before_merge(0.3);
    writer.set_merge_policy(Box::new(policy));
    Ok(writer)
}
