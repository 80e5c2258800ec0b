//! The writing side: batches of changes, commits with the place in the stream of events, and a writer that exists
//! only while there is something to write.

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

/// What the writer may keep in memory before it starts a new segment; the least that tantivy takes.
const HEAP: usize = 15_000_000;

/// A change of the index.
#[derive(Debug, Clone)]
pub enum Change {
    /// The product is like this now.
    Put(Box<IndexedProduct>),
    /// The product is gone.
    Remove(ProductId),
}

/// What a commit says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// The format of the documents.
    pub format: u32,
    /// The position of the last event that is in the index; none until it was built completely.
    pub position: Option<i64>,
    /// Whose products they are.
    #[serde(default)]
    pub owner: Option<String>,
}

/// Changes that are not committed yet.
#[derive(Default)]
pub(super) struct Writing {
    writer: Option<IndexWriter>,
    /// Products that changed since the last commit: what is committed of them says nothing.
    touched: HashSet<ProductId>,
    /// Whether everything that is committed is going to be replaced.
    is_cleared: bool,
}

impl Writing {
    /// Takes a change in; false when the index holds exactly that already.
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

    /// Forgets everything, from the next commit on.
    pub fn clear(&mut self, index: &Index) -> StoreResult<()> {
        self.writer(index)?.delete_all_documents()?;
        self.touched.clear();
        self.is_cleared = true;
        Ok(())
    }

    /// Makes the changes durable, with the position up to which they are complete.
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

    /// Drops changes that were not committed.
    pub fn roll_back(&mut self) {
        self.writer = None;
        self.touched.clear();
        self.is_cleared = false;
    }

    /// Makes one segment of all, which is the fastest to search.
    pub fn merge(&mut self, index: &Index) -> StoreResult<()> {
        let segments = index.searchable_segment_ids()?;
        if segments.len() > 1 {
            self.writer(index)?.merge(&segments).wait()?;
        }
        Ok(())
    }

    /// Frees the writer's threads and memory; the next change makes a new one. Only after a commit.
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
