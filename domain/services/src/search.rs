//! Search: the index is built from the catalog and updated by events; it answers lists, searches and suggestions.

mod build;
mod facets;
mod filter;
mod follow;
mod found;
mod list;
mod listed;
mod refresh;
mod sales;
mod staff;
mod staff_filter;
mod status;
mod suggest;
mod variants;

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
pub use found::FoundPage;
pub(crate) use list::list_products;
pub use list::{ListProducts, ProductList, SearchError};
pub use listed::ProductListConsumer;
pub use model::search::{Cursor, Hit, Sort, SortKey, VariantCursor, VariantFilter, VariantSort, VariantSortKey};
pub use refresh::{rebuild, reindex};
pub use sales::{SalesConsumer, refresh_sales};
pub use staff::{ListStaffProducts, StaffProductList, all_matching_products, list_staff_products, matching_products};
pub use staff_filter::StaffProductFilter;
pub use status::{Report, SearchStatus, reports};
pub use suggest::Suggestions;
pub(crate) use suggest::suggest;
pub use variants::{
    FoundVariant, ListVariants, VariantKey, count_deleted_products, find_variant, list_deleted_products, list_variants,
};

use self::status::Progress;
use crate::{App, ServiceResult, error::OrInternal as _};

/// Up to this number of products a search is fast enough to run on the current thread.
const INLINE: u64 = 50_000;

/// The index of this process; cheap to clone.
#[derive(Clone)]
pub struct Search {
    shared: Arc<Shared>,
}

struct Shared {
    index: Arc<SearchIndex>,
    /// Locked by the task that writes, so that rebuilds and updates do not interleave. Holds the position reached, which
    /// may be ahead of the committed one by events that changed nothing in the index.
    writing: Mutex<Option<i64>>,
    is_ready: watch::Sender<bool>,
    /// True if the index contains all products of this shop, possibly out of date.
    is_built: AtomicBool,
    progress: Progress,
    /// The machine and the process id.
    process: String,
}

impl Search {
    /// Opens the index below a directory, or an index in memory.
    ///
    /// # Errors
    /// An error if the directory cannot be written.
    pub fn open(directory: Option<&Path>) -> ServiceResult<Self> {
        let index = Arc::new(directory.map_or_else(SearchIndex::in_memory, SearchIndex::open)?);
        let shared = Shared {
            index,
            writing: Mutex::new(None),
            is_ready: watch::Sender::new(false),
            is_built: AtomicBool::new(false),
            progress: Progress::default(),
            process: process_name(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// True if the index has caught up with the events once, so that lists are complete.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        *self.shared.is_ready.borrow()
    }

    /// The number of commits; results of another generation may be stale.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.shared.index.generation()
    }

    /// The number of products in the index.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.shared.index.len()
    }

    /// True if the index has no products.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Answers a query; on a blocking thread if the index is large, because it may take milliseconds.
    async fn find(&self, query: ProductQuery) -> ServiceResult<ProductPage> {
        if !self.shared.is_built.load(Ordering::Acquire) {
            return Err(StoreError::Unavailable("the search index is being built".to_owned()).into());
        }
        if self.len() > INLINE {
            return self.blocking(move |index| index.find(&query)).await;
        }
        Ok(self.shared.index.find(&query)?)
    }

    /// Sets the owner of the index, its shop and document store: an index of another owner counts as absent.
    async fn identify(&self, app: &App) -> ServiceResult<()> {
        if !self.shared.index.has_owner() {
            let shop = shop_meta::shop_id(&mut *app.db.write().await?).await?;
            self.shared.index.belong_to(format!("{shop} {}", app.documents.backend()));
        }
        Ok(())
    }

    /// Runs work on the index on a blocking thread.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&SearchIndex) -> persistence::StoreResult<T> + Send + 'static,
    ) -> ServiceResult<T> {
        let index = Arc::clone(&self.shared.index);
        let done = tokio::task::spawn_blocking(move || work(&index)).await;
        Ok(done.or_internal("use the search index")??)
    }
}

/// The machine and the process id, for messages to operators.
fn process_name() -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{} {}", machine.trim(), std::process::id()).trim().to_owned()
}
