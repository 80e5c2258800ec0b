//! Follows the published events and updates the index: a batch of events becomes one commit, and events that do not
//! concern the index cost nothing.

use std::{collections::BTreeSet, sync::atomic::Ordering, time::Duration};

use model::{
    GlobalId as _,
    events::DomainEvent,
    ids::{CategoryId, ChannelId, CollectionId, ProductId, ProductTypeId, StockLocationId, split_global_id},
};
use persistence::outbox;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    refresh::{REINDEX, rebuild_locked, refresh, refresh_all},
    sales::refresh_sales,
    status::{REPORT, report},
};
use crate::{App, ServiceResult, bus::Topic};

/// The maximum delay of an event if its message was lost.
const POLL: Duration = Duration::from_millis(500);
/// The delay after a failure.
const RETRY: Duration = Duration::from_millis(500);
/// The pause between two commits under a stream of events; the index must be fresh within a second.
const PAUSE: Duration = Duration::from_millis(150);
/// After this number of polls without an event the writer's memory is freed.
const IDLE_POLLS: u32 = 20;
/// Interval of refreshing the units sold, which also moves their window to the next day.
const SALES_REFRESH: Duration = Duration::from_mins(5);
/// Number of events that one statement reads.
const BATCH: i64 = 1_000;

/// Builds the index if necessary, then follows the events until stopped.
pub async fn run(app: App, stop: CancellationToken) {
    stop.run_until_cancelled(follow(&app)).await;
    let released = app.search.blocking(persistence::search::SearchIndex::release).await;
    if let Err(error) = released {
        tracing::warn!(error = %crate::error::Chain(&error), "the search index was not closed");
    }
}

async fn follow(app: &App) {
    let mut woken = app.bus.subscribe(Topic::Events);
    let mut quiet_polls = 0;
    let mut sales_due = Instant::now();
    let mut report_due = Instant::now();
    loop {
        let caught_up = catch_up_with_sales(app, &mut sales_due).await;
        app.search.shared.progress.note(caught_up.is_ok());
        if Instant::now() >= report_due {
            report(app).await;
            report_due = Instant::now() + REPORT;
        }
        match caught_up {
            Ok(0) => {
                quiet_polls += 1;
                if quiet_polls == IDLE_POLLS {
                    release(app).await;
                }
                drop(timeout(POLL, woken.changed()).await);
            }
            Ok(_) => {
                quiet_polls = 0;
                sleep(PAUSE).await;
            }
            Err(error) => {
                tracing::warn!(error = %crate::error::Chain(&error), "the search index cannot be updated; retrying");
                sleep(RETRY).await;
            }
        }
    }
}

/// Catches up with the events, and with the units sold when they are due. Returns how much there was to do.
async fn catch_up_with_sales(app: &App, sales_due: &mut Instant) -> ServiceResult<usize> {
    let events = catch_up(app).await?;
    if Instant::now() < *sales_due {
        return Ok(events);
    }
    let products = refresh_sales(app).await?;
    *sales_due = Instant::now() + SALES_REFRESH;
    Ok(events + products)
}

async fn release(app: &App) {
    if let Err(error) = app.search.blocking(persistence::search::SearchIndex::release).await {
        tracing::warn!(error = %crate::error::Chain(&error), "the search index cannot free its writer");
    }
}

/// Applies all published events that the index does not include, and returns their number. Rebuilds the index if it is
/// absent or events were lost.
///
/// # Errors
/// The store's error; the next call applies the remaining events.
pub async fn catch_up(app: &App) -> ServiceResult<usize> {
    let mut reached = app.search.shared.writing.lock().await;
    app.search.identify(app).await?;
    let known = match *reached {
        Some(position) => Some(position),
        None => app.search.blocking(persistence::search::SearchIndex::position).await?,
    };
    let mut count = 0;
    let mut position = match known {
        Some(position) if !outbox::is_gap(&mut *app.db.read().await?, position).await? => {
            app.search.shared.is_built.store(true, Ordering::Release);
            position
        }
        _ => {
            count += 1;
            rebuild_locked(app).await?
        }
    };
    *reached = Some(position);
    loop {
        let events = outbox::after(&mut *app.db.read().await?, position, BATCH).await?;
        let Some(last) = events.last() else { break };
        let next = last.position;
        count += events.len();
        let stale = Stale::of(events.into_iter().filter_map(|published| published.event));
        position = apply(app, stale, next).await?;
        *reached = Some(position);
    }
    app.search.shared.progress.reach(position);
    app.search.shared.is_ready.send_replace(true);
    Ok(count)
}

/// Applies a batch of events, and returns the position that the index has reached.
async fn apply(app: &App, stale: Stale, position: i64) -> ServiceResult<i64> {
    // If the caches have not seen these events yet, invalidate what is read below.
    let is_new = app.followed.load(Ordering::Acquire) < position;
    if is_new && stale.taxonomy {
        app.catalog.invalidate_taxonomy();
    }
    if is_new && stale.settings {
        app.settings.invalidate();
    }
    let refreshed = match stale.scope {
        Scope::Rebuild => return rebuild_locked(app).await,
        Scope::All => refresh_all(app, &stale.products).await,
        Scope::Named => refresh_named(app, stale).await,
    };
    if refreshed.is_err() {
        app.search.shared.index.roll_back();
    }
    if refreshed? > 0 {
        app.search.blocking(move |index| index.commit(Some(position))).await?;
    }
    Ok(position)
}

async fn refresh_named(app: &App, stale: Stale) -> ServiceResult<usize> {
    refresh(app, &stale.resolve(app).await?).await
}

/// The part of the index that a batch of events made stale.
#[derive(Default)]
struct Stale {
    products: BTreeSet<ProductId>,
    types: BTreeSet<ProductTypeId>,
    categories: BTreeSet<CategoryId>,
    collections: BTreeSet<CollectionId>,
    taxonomy: bool,
    settings: bool,
    scope: Scope,
}

/// The products that must be indexed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Scope {
    /// The products in [`Stale`].
    #[default]
    Named,
    /// All products.
    All,
    /// All products, in a new index.
    Rebuild,
}

impl Stale {
    fn of(events: impl Iterator<Item = DomainEvent>) -> Self {
        let mut stale = Self::default();
        for event in events {
            stale.note(&event);
        }
        stale
    }

    fn note(&mut self, event: &DomainEvent) {
        match event {
            DomainEvent::ProductChanged { id } | DomainEvent::ProductDeleted { id } => drop(self.products.insert(*id)),
            DomainEvent::InventoryChanged { products, .. } => self.products.extend(products),
            DomainEvent::TaxonomyChanged { id } => self.note_taxonomy(id),
            DomainEvent::SettingsChanged { id } if id == REINDEX => self.scope = Scope::Rebuild,
            DomainEvent::SettingsChanged { id } => self.note_setting(id),
            DomainEvent::OrderPlaced { .. }
            | DomainEvent::OrderUpdated { .. }
            | DomainEvent::PaymentUpdated { .. }
            | DomainEvent::CustomerRegistered { .. }
            | DomainEvent::CustomerUpdated { .. } => {}
        }
    }

    fn note_taxonomy(&mut self, id: &str) {
        self.taxonomy = true;
        self.types.extend(id.parse::<ProductTypeId>().ok());
        self.categories.extend(id.parse::<CategoryId>().ok());
        self.collections.extend(id.parse::<CollectionId>().ok());
    }

    /// Channels determine prices, languages and stock locations; other settings are not indexed.
    fn note_setting(&mut self, id: &str) {
        let kind = split_global_id(id).map(|(kind, _)| kind);
        if kind.is_none_or(|kind| kind == ChannelId::TYPE || kind == StockLocationId::TYPE) {
            self.settings = true;
            self.scope = self.scope.max(Scope::All);
        }
    }

    /// The products to index again: those that changed, and those of changed types, categories and collections.
    async fn resolve(self, app: &App) -> ServiceResult<BTreeSet<ProductId>> {
        let Self { mut products, types, categories, collections, .. } = self;
        if !collections.is_empty() {
            let taxonomy = app.catalog.fresh_taxonomy().await?;
            let members = collections.iter().filter_map(|id| taxonomy.collections.get(id));
            products.extend(members.flat_map(|collection| collection.products.iter().copied()));
        }
        let around = app.search.blocking(move |index| {
            let mut around = Vec::new();
            for id in types {
                around.extend(index.of_type(id)?);
            }
            for id in categories {
                around.extend(index.in_category(id)?);
            }
            for id in collections {
                around.extend(index.in_collection(id)?);
            }
            Ok(around)
        });
        products.extend(around.await?);
        Ok(products)
    }
}
