//! Keeps the lists of products and variants for staff up to date, from the published events.

use std::collections::BTreeSet;

use model::{
    Timestamp,
    catalog::{Product, Variant},
    events::DomainEvent,
    ids::ProductId,
};
use persistence::{
    Conn, consumers, outbox,
    product_lists::{self, ListedProduct, ListedVariant},
};

use super::refresh::REINDEX;
use crate::{App, ServiceResult, catalog, events::consumer::Consumer};

/// Number of products that one statement lists.
const BATCH: usize = 500;

/// Lists the products in the order in which their changes were published, and their variants. Because one process at a
/// time runs a consumer, the rows become visible in that order, also if several processes change products and their
/// clocks differ.
pub struct ProductListConsumer;

#[async_trait::async_trait]
impl Consumer for ProductListConsumer {
    fn name(&self) -> &'static str {
        "product_lists"
    }

    async fn handle(&self, app: &App, conn: &mut Conn, events: &[DomainEvent]) -> ServiceResult<()> {
        if events.iter().any(is_reindex) {
            return self.rebuild(app, conn).await;
        }
        let mut stale = Stale::of(events);
        stale.leave(&later(conn, self.name(), events.len()).await?);
        for chunk in stale.changed.chunks(BATCH) {
            let latest = product_lists::latest_change(conn).await?;
            update(app, conn, chunk, latest).await?;
        }
        for chunk in stale.stocked.chunks(BATCH) {
            product_lists::refresh_available(conn, chunk).await?;
        }
        Ok(())
    }

    async fn rebuild(&self, app: &App, conn: &mut Conn) -> ServiceResult<()> {
        let now = app.clock.now();
        // Nobody has read the lists before they are filled for the first time, so every product keeps its time.
        let is_first = product_lists::latest_change(conn).await?.is_none();
        let mut after: Option<ProductId> = None;
        loop {
            let products = catalog::scan_products(app, after, BATCH).await?;
            let ids: Vec<ProductId> = products.iter().map(|product| product.id).collect();
            let until = ids.last().copied();
            product_lists::delete_absent(conn, (after, until), &ids, now).await?;
            if until.is_none() {
                return Ok(());
            }
            after = until;
            let latest = if is_first { None } else { product_lists::latest_change(conn).await? };
            record(conn, products.iter().map(AsRef::as_ref), latest).await?;
            product_lists::refresh_available(conn, &ids).await?;
        }
    }
}

fn is_reindex(event: &DomainEvent) -> bool {
    matches!(event, DomainEvent::SettingsChanged { id } if id == REINDEX)
}

/// Number of events after a batch that are read ahead.
const AHEAD: i64 = 1_000;

/// The products of the next published events. They are listed with those events: listed earlier, with their newest
/// state, they would move the places of the products in between away from their times.
async fn later(conn: &mut Conn, consumer: &str, batch: usize) -> ServiceResult<BTreeSet<ProductId>> {
    let Some(position) = consumers::position(conn, consumer).await? else { return Ok(BTreeSet::new()) };
    // A batch has few events, so the conversion never fails.
    let last = position.saturating_add(i64::try_from(batch).unwrap_or(i64::MAX));
    let next = outbox::after(conn, last, AHEAD).await?.into_iter().filter_map(|published| published.event);
    Ok(next.filter_map(|event| changed_product(&event)).collect())
}

const fn changed_product(event: &DomainEvent) -> Option<ProductId> {
    match event {
        DomainEvent::ProductChanged { id } | DomainEvent::ProductDeleted { id } => Some(*id),
        _ => None,
    }
}

/// The products that events made stale.
struct Stale {
    /// Changed, created or deleted.
    changed: Vec<ProductId>,
    /// With other stock; includes the changed ones, whose variants may be new.
    stocked: Vec<ProductId>,
}

impl Stale {
    fn of(events: &[DomainEvent]) -> Self {
        let changed: BTreeSet<ProductId> = events.iter().filter_map(changed_product).collect();
        let mut stocked = BTreeSet::new();
        for event in events {
            if let DomainEvent::InventoryChanged { products, .. } = event {
                stocked.extend(products.iter().copied());
            }
        }
        stocked.extend(changed.iter().copied());
        Self { changed: changed.into_iter().collect(), stocked: stocked.into_iter().collect() }
    }

    /// Leaves some changed products to later events.
    fn leave(&mut self, later: &BTreeSet<ProductId>) {
        self.changed.retain(|id| !later.contains(id));
    }
}

/// Lists the current state of some products. The documents are read in the transaction, which holds no lock that others
/// wait for: only the one of this consumer.
async fn update(app: &App, conn: &mut Conn, ids: &[ProductId], latest: Option<Timestamp>) -> ServiceResult<()> {
    let found = catalog::fresh_products(app, ids).await?;
    let deleted: Vec<ProductId> = ids.iter().copied().filter(|id| !found.contains_key(id)).collect();
    if !deleted.is_empty() {
        product_lists::delete_products(conn, &deleted, app.clock.now()).await?;
    }
    record(conn, found.values().map(AsRef::as_ref), latest).await
}

async fn record<'a>(
    conn: &mut Conn,
    products: impl Iterator<Item = &'a Product> + Clone + Send,
    latest: Option<Timestamp>,
) -> ServiceResult<()> {
    let listed =
        |product: &Product| ListedProduct { id: product.id, version: product.version, updated_at: product.updated_at };
    let rows: Vec<ListedProduct> = products.clone().map(listed).collect();
    let ids: Vec<ProductId> = rows.iter().map(|row| row.id).collect();
    let variants: Vec<ListedVariant> =
        products.flat_map(|product| product.variants.iter().map(|variant| listed_variant(product, variant))).collect();
    product_lists::record_products(conn, &rows, latest).await?;
    Ok(product_lists::record_variants(conn, &ids, &variants).await?)
}

fn listed_variant(product: &Product, variant: &Variant) -> ListedVariant {
    let names = product.translations.values().filter_map(|texts| texts.name.clone());
    let own = [variant.sku.clone(), variant.name.clone(), product.name.clone()];
    let barcode = variant.barcode.clone().map(String::from);
    let references = [product.external_reference.clone(), variant.external_reference.clone(), barcode];
    let more = references.into_iter().flatten().chain(product.vendor.clone()).chain(names);
    ListedVariant {
        id: variant.id,
        product: product.id,
        sku: variant.sku.clone(),
        external_reference: variant.external_reference.clone(),
        texts: own.into_iter().chain(more).collect(),
    }
}
