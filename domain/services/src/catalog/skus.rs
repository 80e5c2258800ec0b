//! The SKUs of a product: unique in Postgres and claimed before the document is written. The claim also creates the flags
//! and initial stock of new variants; if the document is rejected, they are deleted again. Other changes in Postgres
//! follow after the document, so a rejected document changes nothing.
//!
//! The next writer of a SKU takes over a claim whose document was never written. The first writer may still be running,
//! so the second waits a moment, and every writer verifies its SKUs after writing its document.

use std::{collections::HashMap, sync::Arc, time::Duration};

use model::{
    Timestamp,
    access::Actor,
    catalog::{CatalogErrorCode, Product, Variant},
    ids::{ProductId, VariantId},
    inventory::{AdjustmentReason, BundlePart, InventoryItem, StockChange},
};
use persistence::{
    Conn, StoreError, StoreResult, audit,
    db::Transactions as _,
    inventory::{self, FlagChange},
};

use super::{CatalogError, CatalogRefused, CatalogResult, facts, fresh_products};
use crate::{
    App, ServiceError, ServiceResult,
    inventory::{AdjustError, AdjustRule, announce, set_stock},
};

const SKU_CONSTRAINT: &str = "inventory_items_sku_key";
/// Number of checks for the document of another writer of the same SKU before the SKU is taken over.
const CHECKS: usize = 20;
/// The delay between two checks.
const CHECK_INTERVAL: Duration = Duration::from_millis(50);
/// Number of takeovers of abandoned SKUs before the input is rejected.
const ROUNDS: usize = 3;

/// The inventory flags of a variant in an input; absent ones stay unchanged.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    pub is_tracked: Option<bool>,
    pub allows_backorder: Option<bool>,
}

/// The rows that a product needs in Postgres.
pub(super) struct Claim {
    product: ProductId,
    wanted: Vec<(InventoryItem, Flags)>,
    parts: Vec<BundlePart>,
    stock: Vec<StockChange>,
    /// The path of each stock change in the input.
    stock_paths: Vec<String>,
    /// The reason of the stock changes.
    reason: AdjustmentReason,
}

impl Claim {
    pub(super) fn new(
        product: &Product,
        flags: &[(VariantId, Flags)],
        stock: Vec<(StockChange, String)>,
        reason: AdjustmentReason,
    ) -> Self {
        let flags: HashMap<VariantId, Flags> = flags.iter().copied().collect();
        let wanted = |variant: &Variant| {
            let flags = flags.get(&variant.id).copied().unwrap_or_default();
            (item(product.id, variant), flags)
        };
        let (stock, stock_paths) = stock.into_iter().unzip();
        Self {
            product: product.id,
            wanted: product.variants.iter().map(wanted).collect(),
            parts: product.variants.iter().flat_map(parts).collect(),
            stock,
            stock_paths,
            reason,
        }
    }

    fn variants(&self) -> Vec<VariantId> {
        self.wanted.iter().map(|(item, _)| item.variant_id).collect()
    }

    /// The items with their new SKUs and unchanged flags; new items with their new flags.
    fn claimed_items(&self, before: &HashMap<VariantId, InventoryItem>) -> Vec<InventoryItem> {
        let item = |wanted: InventoryItem| match before.get(&wanted.variant_id) {
            Some(known) => {
                InventoryItem { is_tracked: known.is_tracked, allows_backorder: known.allows_backorder, ..wanted }
            }
            None => wanted,
        };
        self.items(before).into_iter().map(item).collect()
    }

    /// The items with their new flags: from the input, else unchanged, else the default.
    fn items(&self, before: &HashMap<VariantId, InventoryItem>) -> Vec<InventoryItem> {
        let item = |(wanted, flags): &(InventoryItem, Flags)| {
            let before = before.get(&wanted.variant_id).unwrap_or(wanted);
            InventoryItem {
                is_tracked: flags.is_tracked.unwrap_or(before.is_tracked),
                allows_backorder: flags.allows_backorder.unwrap_or(before.allows_backorder),
                ..wanted.clone()
            }
        };
        self.wanted.iter().map(item).collect()
    }
}

/// The default item of a variant: stock is tracked if the variant is delivered.
fn item(product_id: ProductId, variant: &Variant) -> InventoryItem {
    InventoryItem {
        variant_id: variant.id,
        product_id,
        sku: variant.sku.clone(),
        is_tracked: variant.requires_shipping,
        allows_backorder: false,
    }
}

fn parts(variant: &Variant) -> impl Iterator<Item = BundlePart> {
    variant.components.iter().map(|part| BundlePart {
        bundle_id: variant.id,
        component_id: part.variant_id,
        quantity: part.quantity.into(),
    })
}

/// Claims the SKUs of a product; changes nothing else of existing variants.
pub(super) async fn claim(app: &App, actor: &Actor, claim: &Claim, now: Timestamp) -> CatalogResult<()> {
    for _ in 0..ROUNDS {
        match try_claim(app, actor, claim, now).await {
            Err(error) if is_sku_taken(&error) => take_over(app, claim).await?,
            Err(AdjustError::Rule(rule)) => return Err(stock_refused(claim, &rule)),
            Err(error) => return Err(error.into_failure("claim the SKUs of a product").into()),
            Ok(()) => return Ok(()),
        }
    }
    Err(taken(0))
}

async fn try_claim(app: &App, actor: &Actor, claim: &Claim, now: Timestamp) -> Result<(), AdjustError> {
    let mut conn = app.db.write().await?;
    conn.transaction::<_, AdjustError, _>(async |conn| {
        let before = inventory::items_by_variant(conn, &claim.variants()).await?;
        inventory::claim_skus(conn, &claim.claimed_items(&before), &claim.parts).await?;
        let is_new = |change: &&StockChange| !before.contains_key(&change.variant_id);
        let first: Vec<StockChange> = claim.stock.iter().filter(is_new).copied().collect();
        set(conn, actor, claim, &first, now).await
    })
    .await
}

fn is_sku_taken(error: &AdjustError) -> bool {
    error.store_error().is_some_and(|error| error.is_constraint(SKU_CONSTRAINT))
}

/// Sets stock levels of the claim; unchanged levels get no movement.
async fn set(
    conn: &mut Conn,
    actor: &Actor,
    claim: &Claim,
    stock: &[StockChange],
    now: Timestamp,
) -> Result<(), AdjustError> {
    if stock.is_empty() {
        return Ok(());
    }
    let reference = claim.product.to_string();
    set_stock(conn, actor, claim.reason, Some(&reference), stock, now).await?;
    Ok(())
}

/// Applies the claim after the document is written: flags, stock and SKUs. False if another product has taken a SKU.
pub(super) async fn apply(app: &App, actor: &Actor, claimed: &Claim, now: Timestamp) -> CatalogResult<bool> {
    for _ in 0..ROUNDS {
        match try_apply(app, actor, claimed, now).await {
            Err(error) if is_sku_taken(&error) => match take_over(app, claimed).await {
                Err(CatalogError::Rule(_)) => return Ok(false),
                freed => freed?,
            },
            Err(AdjustError::Rule(rule)) => return Err(stock_refused(claimed, &rule)),
            Err(error) => return Err(error.into_failure("set the stock of a product").into()),
            Ok(()) => return Ok(true),
        }
    }
    Ok(false)
}

/// Writes the items even if they seem right: a concurrent reconciliation with an older document is overwritten, or
/// repeats itself after its own write.
async fn try_apply(app: &App, actor: &Actor, claim: &Claim, now: Timestamp) -> Result<(), AdjustError> {
    let mut conn = app.db.write().await?;
    conn.transaction::<_, AdjustError, _>(async |conn| {
        let before = inventory::items_by_variant(conn, &claim.variants()).await?;
        let items = claim.items(&before);
        inventory::claim_skus(conn, &items, &claim.parts).await?;
        let is_changed = |item: &&InventoryItem| {
            let flags = |item: &InventoryItem| (item.is_tracked, item.allows_backorder);
            before.get(&item.variant_id).is_some_and(|known| flags(known) != flags(item))
        };
        let changed: Vec<&InventoryItem> = items.iter().filter(is_changed).collect();
        if !changed.is_empty() {
            record_flags(conn, actor, &changed, &before, now).await?;
            announce(conn, changed.into_iter().map(|item| item.variant_id).collect()).await?;
        }
        set(conn, actor, claim, &claim.stock, now).await
    })
    .await
}

/// Records changed flags of a product's variants. New variants have their flags from the start.
async fn record_flags(
    conn: &Conn,
    actor: &Actor,
    changed: &[&InventoryItem],
    before: &HashMap<VariantId, InventoryItem>,
    now: Timestamp,
) -> StoreResult<()> {
    let change = |item: &&InventoryItem| {
        let known = before.get(&item.variant_id)?;
        let (was_tracked, was_backorder) = (known.is_tracked, known.allows_backorder);
        Some(FlagChange { item: (*item).clone(), was_tracked, was_backorder })
    };
    let flags: Vec<_> = changed.iter().filter_map(change).flat_map(|change| facts::flags(&change)).collect();
    let object = changed.first().map(|item| item.product_id.to_string()).unwrap_or_default();
    audit::push(conn, actor, "productUpdate", object, flags, now).await
}

/// Releases SKUs of the claim that no document of another product contains.
///
/// # Errors
/// [`taken`] if a document contains one.
async fn take_over(app: &App, claim: &Claim) -> CatalogResult<()> {
    let skus: Vec<&str> = claim.wanted.iter().map(|(item, _)| item.sku.as_str()).collect();
    let own = |item: &InventoryItem| claim.wanted.iter().any(|(wanted, _)| wanted.variant_id == item.variant_id);
    let mut checks = 0;
    loop {
        let items = inventory::items_by_sku(&mut *app.db.write().await?, &skus).await?;
        let others: Vec<InventoryItem> = items.into_values().filter(|item| !own(item)).collect();
        let products: Vec<ProductId> = others.iter().map(|other| other.product_id).collect();
        let documents = fresh_products(app, &products).await?;
        let holds = |other: &InventoryItem| {
            let product = documents.get(&other.product_id);
            product.is_some_and(|product| product.variants.iter().any(|variant| variant.sku == other.sku))
        };
        if let Some(other) = others.iter().find(|other| holds(other)) {
            // The item was found by one of these SKUs.
            let at = skus.iter().position(|sku| *sku == other.sku).unwrap_or_default();
            return Err(taken(at));
        }
        if checks == CHECKS {
            for other in &others {
                reconcile_skus(app, other.product_id, &[other.variant_id]).await?;
            }
            return Ok(());
        }
        if others.is_empty() {
            return Ok(());
        }
        checks += 1;
        tokio::time::sleep(CHECK_INTERVAL).await;
    }
}

/// Deletes the items of variants that were removed from a product.
pub(super) async fn delete_variants(app: &App, product: ProductId, gone: &[VariantId]) -> ServiceResult<()> {
    let mut conn = app.db.write().await?;
    let deleted = conn.transaction::<_, StoreError, _>(async |conn| delete_items(conn, product, gone).await).await;
    Ok(deleted?)
}

/// Deletes items and writes the event for the bundles that contain them.
async fn delete_items(conn: &mut Conn, product: ProductId, gone: &[VariantId]) -> StoreResult<()> {
    if gone.is_empty() {
        return Ok(());
    }
    // Before the deletion, which also deletes the links to the bundles.
    announce(conn, gone.to_vec()).await?;
    inventory::delete_items(conn, product, gone).await
}

/// Deletes the items of a product that does not exist. After a failure the next writer of the SKUs takes them over.
pub(super) async fn release(app: &App, product: ProductId) {
    let released = async {
        let mut conn = app.db.write().await?;
        conn.transaction::<_, StoreError, _>(async |conn| {
            let gone = inventory::lock_product_items(conn, product).await?;
            delete_items(conn, product, &gone).await
        })
        .await
    };
    if let Err(error) = released.await {
        tracing::warn!(%error, %product, "the SKUs of a deleted product stay claimed for now");
    }
}

/// Reconciles the items of a product with its document after a write with these new variants was rejected.
pub(super) async fn reconcile_after_refusal(app: &App, id: ProductId, added: &[VariantId]) {
    if let Err(error) = reconcile_skus(app, id, added).await {
        tracing::warn!(error = %crate::error::Chain(&error), product = %id, "the SKUs of a product differ from its document for now");
    }
}

/// Writes the items of the variants in a product's document, and deletes the doubtful items that it lacks. Other items
/// stay, because a document with them may be about to be written.
///
/// The document is read outside of the transaction, because reading it may need a connection of the same pool. A writer
/// in between may have applied its own claim, so this repeats until the document has not changed.
async fn reconcile_skus(app: &App, id: ProductId, doubtful: &[VariantId]) -> ServiceResult<()> {
    let mut doubtful = doubtful.to_vec();
    let mut document = fresh_products(app, &[id]).await?.remove(&id);
    loop {
        reconcile_once(app, id, document.as_deref(), &doubtful).await?;
        let newest = fresh_products(app, &[id]).await?.remove(&id);
        let version = |product: &Option<Arc<Product>>| product.as_ref().map(|product| product.version);
        if version(&newest) == version(&document) {
            return Ok(());
        }
        doubtful.extend(document.iter().flat_map(|written| variants(written)));
        document = newest;
    }
}

/// Reconciles the items of a product with one version of its document.
async fn reconcile_once(
    app: &App,
    id: ProductId,
    document: Option<&Product>,
    doubtful: &[VariantId],
) -> ServiceResult<()> {
    let kept: Vec<VariantId> = document.into_iter().flat_map(variants).collect();
    let gone: Vec<VariantId> = doubtful.iter().filter(|id| !kept.contains(id)).copied().collect();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, ServiceError, _>(async |conn| {
        inventory::lock_product_items(conn, id).await?;
        delete_items(conn, id, &gone).await?;
        if let Some(product) = document {
            let claim = Claim::new(product, &[], Vec::new(), AdjustmentReason::Counted);
            let before = inventory::items_by_variant(conn, &kept).await?;
            inventory::claim_skus(conn, &claim.items(&before), &claim.parts).await?;
        }
        Ok(())
    })
    .await
}

fn variants(product: &Product) -> impl Iterator<Item = VariantId> {
    product.variants.iter().map(|variant| variant.id)
}

/// The error for a SKU that another variant has.
pub(super) fn taken(at: usize) -> CatalogError {
    let path = format!("variants.{at}.sku");
    CatalogRefused::at(CatalogErrorCode::SkuTaken, &path, "another variant of the shop has this SKU").into()
}

fn stock_refused(claim: &Claim, rule: &AdjustRule) -> CatalogError {
    let at = match rule {
        AdjustRule::Refused { at, .. }
        | AdjustRule::UnknownSku { at }
        | AdjustRule::UnknownLocation { at }
        | AdjustRule::Duplicate { at } => *at,
        AdjustRule::Count | AdjustRule::Reference => 0,
    };
    let path = claim.stock_paths.get(at).map_or("variants", String::as_str);
    CatalogRefused::at(CatalogErrorCode::Invalid, path, rule.to_string()).into()
}
