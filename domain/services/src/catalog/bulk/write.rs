//! Writes many products at once: their documents with their events inside, then events, inventory flags and audit entries
//! in one transaction.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use model::{
    Timestamp,
    audit::{AuditFacts, Change},
    catalog::Product,
    events::DomainEvent,
    ids::{ProductId, VariantId},
};
use persistence::{
    Conn, StoreError,
    audit::{self, RecordedAuthor},
    db::Transactions as _,
    documents::{Change as DocumentChange, Document, PendingEvent, Replacement},
    inventory, outbox,
};

use crate::{
    App, ServiceResult,
    bus::Topic,
    catalog::{facts, stored::Stored as _},
};

/// The inventory flags of variants: tracked, and sold beyond the stock. An absent flag stays unchanged.
pub(super) type FlagsByVariant = BTreeMap<VariantId, (Option<bool>, Option<bool>)>;

/// The author, action and time of a batch.
pub(super) struct Batch<'a> {
    pub author: &'a RecordedAuthor,
    /// The mutation, for the audit log.
    pub action: &'static str,
    pub now: Timestamp,
}

/// A product of a batch, before and after.
pub(super) struct Changed {
    pub previous: Document,
    pub product: Product,
    /// The changed values, for the audit log.
    pub changes: Vec<Change>,
}

/// A product that was written.
pub(super) struct Written {
    pub previous: Document,
    pub product: Arc<Product>,
    pub event: PendingEvent,
    pub changes: Vec<Change>,
}

/// The products of documents, with the documents.
pub(super) async fn load(app: &App, ids: &[ProductId]) -> ServiceResult<Vec<(Document, Product)>> {
    let ids: Vec<String> = ids.iter().map(|id| id.uuid().to_string()).collect();
    let found = app.documents.get_many(Product::COLLECTION, &ids).await?;
    let read = |document: Document| {
        let mut product: Product = document.read()?;
        product.version = document.version;
        Ok((document, product))
    };
    found.into_iter().map(read).collect()
}

/// Writes products whose keys stay the same. Those that were changed in the meantime are left out of the result.
pub(super) async fn write(app: &App, now: Timestamp, batch: Vec<Changed>) -> ServiceResult<Vec<Written>> {
    let mut replacements = Vec::with_capacity(batch.len());
    let mut written = Vec::with_capacity(batch.len());
    for Changed { previous, mut product, changes } in batch {
        product.version = previous.version + 1;
        product.updated_at = now;
        let event = PendingEvent::new(DomainEvent::ProductChanged { id: product.id });
        let document = product.to_document()?;
        replacements.push(Replacement { document, expected: previous.version, event: event.clone() });
        written.push(Written { previous, product: Arc::new(product), event, changes });
    }
    let left = app.documents.replace_many(Product::COLLECTION, &replacements).await?;
    let left: HashSet<String> = left.into_iter().collect();
    written.retain(|one| !left.contains(&one.previous.id));
    for one in &written {
        app.catalog.invalidate_product(one.product.id);
    }
    Ok(written)
}

/// Restores products that were written, because the whole batch is refused. Those that were changed since keep the
/// change.
pub(super) async fn undo(app: &App, written: &[Written]) {
    let replacement = |one: &Written| {
        let version = one.product.version + 1;
        let event = PendingEvent::new(DomainEvent::ProductChanged { id: one.product.id });
        Replacement { document: Document { version, ..one.previous.clone() }, expected: one.product.version, event }
    };
    let replacements: Vec<Replacement> = written.iter().map(replacement).collect();
    match app.documents.replace_many(Product::COLLECTION, &replacements).await {
        Ok(left) if left.is_empty() => {}
        Ok(left) => tracing::warn!(products = left.len(), "products of a refused batch keep the change"),
        Err(error) => tracing::warn!(%error, "products of a refused batch keep the change"),
    }
    for one in written {
        app.catalog.invalidate_product(one.product.id);
    }
}

/// Moves the events to the outbox, sets inventory flags and records the changes, in one transaction; then removes the
/// events from the documents. After a failure, the events follow later, and the caller can repeat the batch.
pub(super) async fn follow_up(
    app: &App,
    batch: &Batch<'_>,
    written: &[Written],
    flags: &FlagsByVariant,
) -> ServiceResult<()> {
    if written.is_empty() && flags.is_empty() {
        return Ok(());
    }
    let mut conn = app.db.write().await?;
    let affected = conn.transaction::<_, StoreError, _>(async |conn| record(conn, batch, written, flags).await).await?;
    drop(conn);
    app.availability.invalidate(&affected);
    app.bus.publish(Topic::Outbox);
    let change = |one: &Written| DocumentChange {
        pending: one.event.id,
        id: one.previous.id.clone(),
        is_deleted: false,
        events: vec![one.event.clone()],
        unknown: 0,
    };
    let drained: Vec<DocumentChange> = written.iter().map(change).collect();
    if let Err(error) = app.documents.acknowledge(Product::COLLECTION, &drained).await {
        tracing::warn!(%error, "events stay in their documents");
    }
    Ok(())
}

/// Writes events, flags and audit entries; returns the products whose availability changed.
async fn record(
    conn: &mut Conn,
    batch: &Batch<'_>,
    written: &[Written],
    flags: &FlagsByVariant,
) -> Result<Vec<ProductId>, StoreError> {
    let mut events: Vec<_> = written.iter().map(|one| (one.event.id, one.event.event.clone())).collect();
    let mut changes: BTreeMap<ProductId, Vec<Change>> =
        written.iter().map(|one| (one.product.id, one.changes.clone())).collect();
    let mut affected = Vec::new();
    if !flags.is_empty() {
        let items = inventory::set_flags(conn, flags).await?;
        let variants: Vec<VariantId> = items.iter().map(|changed| changed.item.variant_id).collect();
        if !variants.is_empty() {
            affected = inventory::affected_products(conn, &variants).await?.into_iter().collect();
            let event = DomainEvent::InventoryChanged { products: affected.clone(), variants };
            let event = PendingEvent::new(event);
            events.push((event.id, event.event));
        }
        for changed in &items {
            changes.entry(changed.item.product_id).or_default().extend(facts::flags(changed));
        }
    }
    outbox::push_once(conn, &events).await?;
    let objects = changes.into_iter().map(|(id, changes)| (id.to_string(), AuditFacts::from(changes))).collect();
    audit::push_all(conn, batch.author, batch.action, objects, batch.now).await?;
    Ok(affected)
}
