//! The SKUs of a product: unique in Postgres, claimed before its document is written. New variants get their flags and
//! their first stock with the claim, which nobody sees before the document, and which goes with a refused one.
//! Everything else in Postgres follows the document, so that a refused one changes nothing.
//!
//! A claim whose document was never written is taken over by whoever wants the SKU next. The writer may be alive, so
//! it is given a moment first, and after its own write every writer looks again whether its SKUs are still its own.

use std::{collections::HashMap, sync::Arc, time::Duration};

use model::{
    Timestamp,
    access::Actor,
    catalog::{CatalogErrorCode, Product, Variant},
    ids::{ProductId, VariantId},
    inventory::{AdjustmentReason, BundlePart, InventoryItem, StockChange},
};
use persistence::{Conn, StoreError, StoreResult, db::Transactions as _, inventory};

use super::{CatalogError, CatalogResult, fresh_products};
use crate::{
    App, ServiceError, ServiceResult,
    inventory::{AdjustError, announce, set_stock},
};

const SKU_CONSTRAINT: &str = "inventory_items_sku_key";
/// How long the writer of a contested SKU may take to write its document.
const LOOKS: usize = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
/// How often abandoned SKUs are taken over before the caller is refused.
const ROUNDS: usize = 3;

/// What an input says of the inventory side of a variant.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    pub is_tracked: Option<bool>,
    pub allows_backorder: Option<bool>,
}

/// What a product wants to have in Postgres.
pub(super) struct Claim {
    product: ProductId,
    wanted: Vec<(InventoryItem, Flags)>,
    parts: Vec<BundlePart>,
    stock: Vec<StockChange>,
    /// The path of each change of stock in the input.
    stock_paths: Vec<String>,
    /// Why stock changes.
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

    /// The items with the SKUs claimed, else as they are; new ones as they are to be.
    fn claimed_items(&self, before: &HashMap<VariantId, InventoryItem>) -> Vec<InventoryItem> {
        let item = |wanted: InventoryItem| match before.get(&wanted.variant_id) {
            Some(known) => {
                InventoryItem { is_tracked: known.is_tracked, allows_backorder: known.allows_backorder, ..wanted }
            }
            None => wanted,
        };
        self.items(before).into_iter().map(item).collect()
    }

    /// The items as they are to be: what the input says, else what they are, else what is usual.
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

/// The item of a variant as it usually is: what is delivered can run out.
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

/// Claims the SKUs of a product, and changes nothing else of variants that are there.
pub(super) async fn claim(app: &App, actor: &Actor, claim: &Claim, now: Timestamp) -> CatalogResult<()> {
    for _ in 0..ROUNDS {
        match try_claim(app, actor, claim, now).await {
            Err(error) if is_sku_taken(&error) => take_over(app, claim).await?,
            Err(AdjustError::Service(error)) => return Err(error.into()),
            Err(refused) => return Err(stock_refused(claim, &refused)),
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
    matches!(error, AdjustError::Service(ServiceError::Store(error)) if error.is_constraint(SKU_CONSTRAINT))
}

/// Sets some of the stock that the claim wants; what is so already stays without a movement.
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

/// Makes items and stock what the product's document, which is written, wants them to be. False when it lost a SKU
/// that could not be had back.
pub(super) async fn settle(app: &App, actor: &Actor, claimed: &Claim, now: Timestamp) -> CatalogResult<bool> {
    for _ in 0..ROUNDS {
        match try_settle(app, actor, claimed, now).await {
            Err(error) if is_sku_taken(&error) => match take_over(app, claimed).await {
                Err(CatalogError::Invalid(_)) => return Ok(false),
                freed => freed?,
            },
            Err(AdjustError::Service(error)) => return Err(error.into()),
            Err(refused) => return Err(stock_refused(claimed, &refused)),
            Ok(()) => return Ok(true),
        }
    }
    Ok(false)
}

/// The items are written whether or not they seem right: whoever brings them back to an older document at this moment
/// is written over, or looks again after their own write.
async fn try_settle(app: &App, actor: &Actor, claim: &Claim, now: Timestamp) -> Result<(), AdjustError> {
    let mut conn = app.db.write().await?;
    conn.transaction::<_, AdjustError, _>(async |conn| {
        let before = inventory::items_by_variant(conn, &claim.variants()).await?;
        let items = claim.items(&before);
        inventory::claim_skus(conn, &items, &claim.parts).await?;
        let is_changed = |item: &&InventoryItem| {
            let flags = |item: &InventoryItem| (item.is_tracked, item.allows_backorder);
            before.get(&item.variant_id).is_some_and(|known| flags(known) != flags(item))
        };
        let changed: Vec<VariantId> = items.iter().filter(is_changed).map(|item| item.variant_id).collect();
        if !changed.is_empty() {
            announce(conn, changed).await?;
        }
        set(conn, actor, claim, &claim.stock, now).await
    })
    .await
}

/// Frees those of the SKUs that nobody's document has; refuses if somebody's does.
async fn take_over(app: &App, claim: &Claim) -> CatalogResult<()> {
    let skus: Vec<&str> = claim.wanted.iter().map(|(item, _)| item.sku.as_str()).collect();
    let own = |item: &InventoryItem| claim.wanted.iter().any(|(wanted, _)| wanted.variant_id == item.variant_id);
    let mut look = 0;
    loop {
        let items = inventory::items_by_sku(&mut *app.db.write().await?, &skus).await?;
        let rivals: Vec<InventoryItem> = items.into_values().filter(|item| !own(item)).collect();
        let products: Vec<ProductId> = rivals.iter().map(|rival| rival.product_id).collect();
        let documents = fresh_products(app, &products).await?;
        let holds = |rival: &InventoryItem| {
            let product = documents.get(&rival.product_id);
            product.is_some_and(|product| product.variants.iter().any(|variant| variant.sku == rival.sku))
        };
        if let Some(rival) = rivals.iter().find(|rival| holds(rival)) {
            let at = skus.iter().position(|sku| *sku == rival.sku).unwrap_or_default();
            return Err(taken(at));
        }
        if look == LOOKS {
            for rival in &rivals {
                heal(app, rival.product_id, &[rival.variant_id]).await?;
            }
            return Ok(());
        }
        if rivals.is_empty() {
            return Ok(());
        }
        look += 1;
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// Drops the items of variants that a write took out of a product.
pub(super) async fn drop_variants(app: &App, product: ProductId, gone: &[VariantId]) -> ServiceResult<()> {
    let mut conn = app.db.write().await?;
    let dropped = conn.transaction::<_, StoreError, _>(async |conn| drop_items(conn, product, gone).await).await;
    Ok(dropped?)
}

/// Drops items, and tells bundles that they are in of it.
async fn drop_items(conn: &mut Conn, product: ProductId, gone: &[VariantId]) -> StoreResult<()> {
    if gone.is_empty() {
        return Ok(());
    }
    // While it is still known what contains them.
    announce(conn, gone.to_vec()).await?;
    inventory::delete_items(conn, product, gone).await
}

/// Drops the items of a product that is not there. What fails here is made up for when somebody wants the SKUs.
pub(super) async fn forget(app: &App, product: ProductId) {
    let forgotten = async {
        let mut conn = app.db.write().await?;
        conn.transaction::<_, StoreError, _>(async |conn| {
            let gone = inventory::lock_product_items(conn, product).await?;
            drop_items(conn, product, &gone).await
        })
        .await
    };
    if let Err(error) = forgotten.await {
        tracing::warn!(%error, %product, "the SKUs of a product that is gone stay claimed for now");
    }
}

/// Brings the items of a product back to what its document says, after a write of it that brought these new variants
/// was refused.
pub(super) async fn resume(app: &App, id: ProductId, added: &[VariantId]) {
    if let Err(error) = heal(app, id, added).await {
        tracing::warn!(%error, product = %id, "the SKUs of a product differ from its document for now");
    }
}

/// Writes the SKUs that a product's document has, and drops those of the items named that it does not have. Items of
/// others stay: the document that has them may be about to be written.
///
/// The document is read outside of the transaction, because it may take a connection of the same pool. Whoever writes it
/// in between may have settled its items already, so it is looked at again, until it has stood still.
async fn heal(app: &App, id: ProductId, doubtful: &[VariantId]) -> ServiceResult<()> {
    let mut doubtful = doubtful.to_vec();
    let mut document = fresh_products(app, &[id]).await?.remove(&id);
    loop {
        bring_back(app, id, document.as_deref(), &doubtful).await?;
        let newest = fresh_products(app, &[id]).await?.remove(&id);
        let version = |product: &Option<Arc<Product>>| product.as_ref().map(|product| product.version);
        if version(&newest) == version(&document) {
            return Ok(());
        }
        doubtful.extend(document.iter().flat_map(|written| variants(written)));
        document = newest;
    }
}

/// Makes the items of a product what one state of its document says.
async fn bring_back(app: &App, id: ProductId, document: Option<&Product>, doubtful: &[VariantId]) -> ServiceResult<()> {
    let living: Vec<VariantId> = document.into_iter().flat_map(variants).collect();
    let gone: Vec<VariantId> = doubtful.iter().filter(|id| !living.contains(id)).copied().collect();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, ServiceError, _>(async |conn| {
        inventory::lock_product_items(conn, id).await?;
        drop_items(conn, id, &gone).await?;
        if let Some(product) = document {
            let claim = Claim::new(product, &[], Vec::new(), AdjustmentReason::Counted);
            let before = inventory::items_by_variant(conn, &living).await?;
            inventory::claim_skus(conn, &claim.items(&before), &claim.parts).await?;
        }
        Ok(())
    })
    .await
}

fn variants(product: &Product) -> impl Iterator<Item = VariantId> {
    product.variants.iter().map(|variant| variant.id)
}

/// The refusal of a SKU that another variant has.
pub(super) fn taken(at: usize) -> CatalogError {
    let path = format!("variants.{at}.sku");
    CatalogError::one(CatalogErrorCode::SkuTaken, &path, "another variant of the shop has this SKU")
}

fn stock_refused(claim: &Claim, refused: &AdjustError) -> CatalogError {
    let at = match refused {
        AdjustError::Refused { at, .. }
        | AdjustError::UnknownSku { at }
        | AdjustError::UnknownLocation { at }
        | AdjustError::Duplicate { at } => *at,
        AdjustError::Count | AdjustError::Reference | AdjustError::KeyReused | AdjustError::Service(_) => 0,
    };
    let path = claim.stock_paths.get(at).map_or("variants", String::as_str);
    CatalogError::one(CatalogErrorCode::Invalid, path, refused.to_string())
}
