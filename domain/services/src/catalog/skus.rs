//! The SKUs of a product: unique in Postgres, claimed before its document is written.
//!
//! A claim whose document was never written is taken over by whoever wants the SKU next. The writer may be alive, so
//! it is given a moment first, and after its own write every writer looks again whether its SKUs are still its own.

use std::{collections::HashMap, time::Duration};

use model::{
    Timestamp,
    access::Actor,
    catalog::{CatalogErrorCode, Product, Variant},
    ids::{ProductId, VariantId},
    inventory::{AdjustmentReason, BundlePart, InventoryItem, StockChange},
};
use persistence::{StoreError, db::Transactions as _, inventory};

use super::{CatalogError, CatalogResult, fresh_products};
use crate::{
    App, ServiceResult,
    inventory::{AdjustError, set_stock},
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
}

impl Claim {
    pub(super) fn new(product: &Product, flags: &[(VariantId, Flags)], stock: Vec<(StockChange, String)>) -> Self {
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
        }
    }

    fn variants(&self) -> Vec<VariantId> {
        self.wanted.iter().map(|(item, _)| item.variant_id).collect()
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

/// Claims the SKUs of a product and sets its stock, in one transaction.
pub(super) async fn claim(app: &App, actor: &Actor, claim: &Claim, now: Timestamp) -> CatalogResult<()> {
    for _ in 0..ROUNDS {
        match try_claim(app, actor, claim, now).await {
            Err(AdjustError::Service(crate::ServiceError::Store(error))) if error.is_constraint(SKU_CONSTRAINT) => {
                take_over(app, claim).await?;
            }
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
        inventory::claim_skus(conn, &claim.items(&before), &claim.parts).await?;
        if !claim.stock.is_empty() {
            let reason = if before.is_empty() { AdjustmentReason::Received } else { AdjustmentReason::Counted };
            let reference = claim.product.to_string();
            set_stock(conn, actor, reason, Some(&reference), &claim.stock, now).await?;
        }
        Ok(())
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
            for id in products {
                heal(app, id, documents.get(&id).map(AsRef::as_ref)).await?;
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

/// Whether the SKUs are the product's after its document was written; takes them back if they can be had.
pub(super) async fn still_held(app: &App, actor: &Actor, claimed: &Claim, now: Timestamp) -> CatalogResult<bool> {
    let items = inventory::items_by_variant(&mut *app.db.write().await?, &claimed.variants()).await?;
    let has = |wanted: &InventoryItem| items.get(&wanted.variant_id).is_some_and(|item| item.sku == wanted.sku);
    if claimed.wanted.iter().all(|(wanted, _)| has(wanted)) {
        return Ok(true);
    }
    match claim(app, actor, claimed, now).await {
        Ok(()) => Ok(true),
        Err(CatalogError::Invalid(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Drops the items of variants that a product has no more.
pub(super) async fn retain(app: &App, product: &Product) -> ServiceResult<()> {
    let keep: Vec<VariantId> = product.variants.iter().map(|variant| variant.id).collect();
    Ok(inventory::retain_items(&mut *app.db.write().await?, product.id, &keep).await?)
}

/// Drops the items of a product that is not there. What fails here is made up for when somebody wants the SKUs.
pub(super) async fn forget(app: &App, product: ProductId) {
    if let Err(error) = heal(app, product, None).await {
        tracing::warn!(%error, %product, "the SKUs of a product that is gone stay claimed for now");
    }
}

/// Brings the items of a product back to what its document says, after a write of it was refused.
pub(super) async fn resume(app: &App, id: ProductId) {
    let resumed = async {
        let documents = fresh_products(app, &[id]).await?;
        heal(app, id, documents.get(&id).map(AsRef::as_ref)).await
    };
    if let Err(error) = resumed.await {
        tracing::warn!(%error, product = %id, "the SKUs of a product differ from its document for now");
    }
}

async fn heal(app: &App, id: ProductId, document: Option<&Product>) -> ServiceResult<()> {
    let mut conn = app.db.write().await?;
    let Some(product) = document else {
        return Ok(inventory::delete_product_items(&mut conn, id).await?);
    };
    let claim = Claim::new(product, &[], Vec::new());
    let healed = conn
        .transaction::<_, StoreError, _>(async |conn| {
            let before = inventory::items_by_variant(conn, &claim.variants()).await?;
            inventory::retain_items(conn, id, &claim.variants()).await?;
            inventory::claim_skus(conn, &claim.items(&before), &claim.parts).await
        })
        .await;
    Ok(healed?)
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
        AdjustError::Count | AdjustError::KeyReused | AdjustError::Service(_) => 0,
    };
    let path = claim.stock_paths.get(at).map_or("variants", String::as_str);
    CatalogError::one(CatalogErrorCode::Invalid, path, refused.to_string())
}
