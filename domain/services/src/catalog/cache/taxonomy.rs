//! Product types, categories and collections, held whole.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use model::catalog::{Category, Collection, ProductType, Taxonomy};
use persistence::documents::{DocumentStore, MAX_BATCH};
use tokio::{sync::Mutex, time::Instant};

use crate::{ServiceResult, catalog::stored::Stored};

/// How long an old snapshot is served after an attempt to read a newer one has failed.
const RETRY_AFTER: Duration = Duration::from_secs(1);

pub(super) struct TaxonomyCache {
    documents: Arc<dyn DocumentStore>,
    /// Counts the invalidations.
    generation: AtomicU64,
    held: RwLock<Held>,
    /// Held by the one caller that reads.
    flight: Mutex<()>,
}

#[derive(Clone, Default)]
struct Held {
    snapshot: Option<Arc<Taxonomy>>,
    /// The generation that the snapshot is good for.
    generation: u64,
    /// When a failed read may be tried again.
    retry_at: Option<Instant>,
}

impl TaxonomyCache {
    pub(super) fn new(documents: Arc<dyn DocumentStore>) -> Self {
        Self { documents, generation: AtomicU64::new(0), held: RwLock::default(), flight: Mutex::new(()) }
    }

    pub(super) async fn current(&self) -> ServiceResult<Arc<Taxonomy>> {
        match self.usable() {
            Some(snapshot) => Ok(snapshot),
            // Boxed, because it is rare, and whoever may have to wait for it carries it along.
            None => Box::pin(self.renewed()).await,
        }
    }

    async fn renewed(&self) -> ServiceResult<Arc<Taxonomy>> {
        let _one_at_a_time = self.flight.lock().await;
        if let Some(snapshot) = self.usable() {
            return Ok(snapshot);
        }
        match self.read().await {
            Err(error) => self.fall_back().ok_or(error),
            read => read,
        }
    }

    /// Never an old snapshot: the store's error instead.
    pub(super) async fn strict(&self) -> ServiceResult<Arc<Taxonomy>> {
        if let Some(snapshot) = self.fresh() {
            return Ok(snapshot);
        }
        let _one_at_a_time = self.flight.lock().await;
        match self.fresh() {
            Some(snapshot) => Ok(snapshot),
            None => self.read().await,
        }
    }

    async fn read(&self) -> ServiceResult<Arc<Taxonomy>> {
        let generation = self.generation.load(Ordering::Acquire);
        let snapshot = Arc::new(self.load().await?);
        self.put(Held { snapshot: Some(snapshot.clone()), generation, retry_at: None });
        Ok(snapshot)
    }

    pub(super) fn invalidate(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// The snapshot when nothing has changed since.
    fn fresh(&self) -> Option<Arc<Taxonomy>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let is_current = held.generation == self.generation.load(Ordering::Acquire);
        held.snapshot.as_ref().filter(|_| is_current).cloned()
    }

    /// The snapshot when nothing has changed since, or when a newer one could not be read a moment ago.
    fn usable(&self) -> Option<Arc<Taxonomy>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let is_current = held.generation == self.generation.load(Ordering::Acquire);
        let is_backing_off = held.retry_at.is_some_and(|at| Instant::now() < at);
        held.snapshot.as_ref().filter(|_| is_current || is_backing_off).cloned()
    }

    fn put(&self, held: Held) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
    }

    fn fall_back(&self) -> Option<Arc<Taxonomy>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner).clone();
        let snapshot = held.snapshot.clone()?;
        tracing::warn!("categories could not be read again; the last ones stay in use");
        self.put(Held { retry_at: Some(Instant::now() + RETRY_AFTER), ..held });
        Some(snapshot)
    }

    async fn load(&self) -> ServiceResult<Taxonomy> {
        let types: Vec<ProductType> = self.all().await?;
        let categories: Vec<Category> = self.all().await?;
        let collections: Vec<Collection> = self.all().await?;
        Ok(Taxonomy::new(types, categories, collections))
    }

    /// Every object of a kind, a page of 1,000 at a time.
    async fn all<T: Stored>(&self) -> ServiceResult<Vec<T>> {
        let mut all = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.documents.scan(T::COLLECTION, after.as_deref(), MAX_BATCH).await?;
            let is_last = page.len() < MAX_BATCH;
            after = page.last().map(|document| document.id.clone());
            for document in page {
                all.push(T::from_document(document)?);
            }
            if is_last {
                return Ok(all);
            }
        }
    }
}
