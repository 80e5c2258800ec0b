//! Indexes products: all of them, or those that changed.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::Ordering},
};

use model::{
    access::{Actor, Permission},
    catalog::{Product, Taxonomy},
    events::DomainEvent,
    ids::ProductId,
    settings::Settings,
};
use persistence::{db::Transactions as _, inventory, outbox, search::Change};

use super::{
    build::{self, Shop},
    sales,
};
use crate::{App, ServiceError, ServiceResult, bus::Topic, catalog};

/// Number of products per batch.
const BATCH: usize = 500;

/// The id of the `SettingsChanged` event that makes every process rebuild its index.
pub(super) const REINDEX: &str = "search";

/// Makes every process rebuild its index; the old index answers until the new one is complete.
///
/// # Errors
/// An error if the actor may not change the catalog, or the store's error.
pub async fn reindex(app: &App, actor: &Actor) -> ServiceResult<()> {
    actor.require(Permission::CatalogWrite)?;
    let mut conn = app.db.write().await?;
    let event = DomainEvent::SettingsChanged { id: REINDEX.to_owned() };
    conn.transaction(async |conn| Ok::<_, ServiceError>(outbox::push(conn, &[event]).await?)).await?;
    app.bus.publish(Topic::Outbox);
    Ok(())
}

/// Rebuilds the index of this process from the catalog.
///
/// # Errors
/// The store's error; the index stays unchanged.
pub async fn rebuild(app: &App) -> ServiceResult<()> {
    let mut reached = app.search.shared.writing.lock().await;
    app.search.identify(app).await?;
    *reached = Some(rebuild_locked(app).await?);
    Ok(())
}

/// Rebuilds the index and returns the position of the last event it includes; the caller holds the lock.
pub(super) async fn rebuild_locked(app: &App) -> ServiceResult<i64> {
    // Read the position first: later changes come again as events.
    let head = outbox::head(&mut *app.db.read().await?).await?;
    // The caches of this process may not have seen all events before the position.
    app.catalog.invalidate_taxonomy();
    app.settings.invalidate();
    let shop = ShopState::read(app).await?;
    let search = &app.search;
    search.blocking(persistence::search::SearchIndex::clear).await?;
    let filled = fill(app, &shop).await;
    if filled.is_err() {
        search.shared.index.roll_back();
    }
    let count = filled?;
    search
        .blocking(move |index| {
            index.commit(Some(head))?;
            index.merge()?;
            index.release()
        })
        .await?;
    search.shared.is_built.store(true, Ordering::Release);
    tracing::info!(products = count, "the search index was built");
    Ok(head)
}

async fn fill(app: &App, shop: &ShopState) -> ServiceResult<usize> {
    let mut after: Option<ProductId> = None;
    let mut count = 0;
    loop {
        let products = catalog::scan_products(app, after, BATCH).await?;
        let Some(last) = products.last() else { return Ok(count) };
        after = Some(last.id);
        count += products.len();
        let changes = shop.changes(app, &products).await?;
        app.search.blocking(move |index| index.apply(&changes)).await?;
    }
}

/// Indexes the current state of some products without a commit, and returns how many changed. Bypasses the caches,
/// which may not have seen the events yet.
pub(super) async fn refresh(app: &App, ids: &BTreeSet<ProductId>) -> ServiceResult<usize> {
    if ids.is_empty() {
        return Ok(0);
    }
    let shop = ShopState::read(app).await?;
    let ids: Vec<ProductId> = ids.iter().copied().collect();
    let mut effective = 0;
    for chunk in ids.chunks(BATCH) {
        let found = catalog::fresh_products(app, chunk).await?;
        let products: Vec<Arc<Product>> = found.values().cloned().collect();
        let mut changes = shop.changes(app, &products).await?;
        changes.extend(chunk.iter().filter(|id| !found.contains_key(id)).map(|id| Change::Remove(*id)));
        effective += app.search.blocking(move |index| index.apply(&changes)).await?;
    }
    Ok(effective)
}

/// Indexes the current state of all products without a commit; the index skips unchanged ones. The products in `named`
/// are also read by id, because a deleted product is not among all products.
pub(super) async fn refresh_all(app: &App, named: &BTreeSet<ProductId>) -> ServiceResult<usize> {
    Ok(fill(app, &ShopState::read(app).await?).await? + refresh(app, named).await?)
}

/// The settings and the taxonomy at the time of indexing.
struct ShopState {
    settings: Arc<Settings>,
    taxonomy: Arc<Taxonomy>,
}

impl ShopState {
    async fn read(app: &App) -> ServiceResult<Self> {
        Ok(Self { settings: app.settings.fresh(&app.db).await?, taxonomy: app.catalog.fresh_taxonomy().await? })
    }

    async fn changes(&self, app: &App, products: &[Arc<Product>]) -> ServiceResult<Vec<Change>> {
        let ids: Vec<ProductId> = products.iter().map(|product| product.id).collect();
        let mut conn = app.db.read().await?;
        let stock = inventory::supply_by_product(&mut conn, &ids).await?.into_values().flatten().collect();
        let units = persistence::sales::units_by_product(&mut conn, &ids, sales::first_day(app)).await?;
        drop(conn);
        let shop = Shop { settings: &self.settings, taxonomy: &self.taxonomy, stock: &stock, units: &units };
        Ok(products.iter().map(|product| Change::Put(Box::new(build::indexed(product, &shop)))).collect())
    }
}
