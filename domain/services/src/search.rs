//! Search: the index is built from the catalog and kept fresh from events; lists, searches and suggestions are
//! answered from it.

mod build;
mod facets;
mod filter;
mod follow;
mod list;
mod refresh;
mod sales;
mod suggest;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use persistence::{
    StoreError,
    search::{ProductPage, ProductQuery, SearchIndex},
    shop_meta,
};
use tokio::sync::{Mutex, watch};

pub use facets::{Facet, FacetValue, Facets};
pub use filter::{AttributeFilter, PriceRange, ProductFilter};
pub use follow::{catch_up, run};
pub use list::{ListProducts, ProductList, SearchError, list_products};
pub use persistence::search::{Cursor, Hit, Sort, SortKey};
pub use refresh::{rebuild, reindex};
pub use sales::{SalesConsumer, refresh_sales};
pub use suggest::{Suggestions, suggest};

use crate::{App, ServiceResult};

/// The fact that tells this shop from others.
const SHOP: &str = "shop_id";
/// How many products are searched so fast that no other thread is worth it.
const INLINE: u64 = 50_000;

/// The index of this process; cheap to clone.
#[derive(Clone)]
pub struct Search {
    shared: Arc<Shared>,
}

struct Shared {
    index: Arc<SearchIndex>,
    /// Held by whoever writes, so that building anew and refreshing do not mix. Holds the position that was reached,
    /// which may be ahead of the committed one by events that changed nothing here.
    writing: Mutex<Option<i64>>,
    is_ready: watch::Sender<bool>,
    /// Whether the index holds all products of this shop, be it as they were a while ago.
    is_built: AtomicBool,
}

impl Search {
    /// Opens the index below a directory, or one in memory for a process that need not keep it.
    ///
    /// # Errors
    /// The directory cannot be written.
    pub fn open(directory: Option<&Path>) -> ServiceResult<Self> {
        let index = Arc::new(directory.map_or_else(SearchIndex::in_memory, SearchIndex::open)?);
        let shared = Shared {
            index,
            writing: Mutex::new(None),
            is_ready: watch::Sender::new(false),
            is_built: AtomicBool::new(false),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Whether the index has caught up with the shop once, so that lists are complete.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        *self.shared.is_ready.borrow()
    }

    /// Counts the commits; what was read under another number may be stale.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.shared.index.generation()
    }

    /// How many products are in the index.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.shared.index.len()
    }

    /// Whether no product is in the index.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Answers a query; in a large index where blocking is allowed, because it may take milliseconds there.
    async fn find(&self, query: ProductQuery) -> ServiceResult<ProductPage> {
        if !self.shared.is_built.load(Ordering::Acquire) {
            return Err(StoreError::Unavailable("the search index is being built".to_owned()).into());
        }
        if self.len() > INLINE {
            return self.blocking(move |index| index.find(&query)).await;
        }
        Ok(self.shared.index.find(&query)?)
    }

    /// Tells the index which shop and which documents it is of: one that was built of others counts as absent.
    async fn recognise(&self, app: &App) -> ServiceResult<()> {
        if !self.shared.index.has_owner() {
            let shop = serde_json::json!(uuid::Uuid::now_v7().to_string());
            let shop = shop_meta::find_or_insert(&mut *app.db.write().await?, SHOP, &shop).await?;
            self.shared.index.belong_to(format!("{shop} {}", app.documents.backend()));
        }
        Ok(())
    }

    /// Works on the index where blocking is allowed.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&SearchIndex) -> persistence::StoreResult<T> + Send + 'static,
    ) -> ServiceResult<T> {
        let index = Arc::clone(&self.shared.index);
        let done = tokio::task::spawn_blocking(move || work(&index)).await;
        Ok(done.map_err(|error| crate::ServiceError::Internal(format!("search index: {error}")))??)
    }
}
