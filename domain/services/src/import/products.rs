//! Imports products with their opening stock, and remembers how many an earlier import wrote.

use std::collections::HashMap;

use model::{
    access::Actor,
    catalog::{Collection, Product},
    ids::{ProductId, StockLocationId},
    inventory::{AdjustmentReason, BundlePart, InventoryItem, StockChange, StockTarget},
};
use persistence::{Conn, db::Transactions as _, documents, inventory, maintenance, shop_meta};
use serde_json::json;

use crate::{App, ServiceError, ServiceResult, bus::Topic, catalog, inventory::set_stock};

/// The number of documents whose events are moved to the outbox at a time.
const DRAIN_BATCH: usize = 500;

/// A product with the stock of its variants.
#[derive(Debug, Clone)]
pub struct StockedProduct {
    /// The product.
    pub product: Product,
    /// The stock of its variants; variants that are not shipped are not tracked.
    pub stock: Vec<OpeningStock>,
}

/// The units of a variant at a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningStock {
    /// The SKU of the variant.
    pub sku: String,
    /// The stock location.
    pub location: StockLocationId,
    /// The number of units.
    pub units: i64,
}

/// The number of objects that an import has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportedProducts {
    /// Products.
    pub products: usize,
    /// Variants of these products.
    pub variants: usize,
}

/// Writes the products that are missing. The stock is written first, so that a product that exists is complete.
///
/// # Errors
/// [`ServiceError`] if a store fails or the stock of a product is invalid.
pub async fn import_products(app: &App, mut batch: Vec<StockedProduct>) -> ServiceResult<ImportedProducts> {
    let ids: Vec<ProductId> = batch.iter().map(|stocked| stocked.product.id).collect();
    let known = catalog::fresh_products(app, &ids).await?;
    batch.retain(|stocked| !known.contains_key(&stocked.product.id));
    if batch.is_empty() {
        return Ok(ImportedProducts::default());
    }
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| insert_stock(app, conn, &batch).await).await?;
    drop(conn);
    let products: Vec<Product> = batch.into_iter().map(|stocked| stocked.product).collect();
    let variants = products.iter().map(|product| product.variants.len()).sum();
    let imported = ImportedProducts { products: products.len(), variants };
    catalog::import(app, products).await?;
    Ok(imported)
}

async fn insert_stock(app: &App, conn: &mut Conn, batch: &[StockedProduct]) -> ServiceResult<()> {
    let variants =
        || batch.iter().flat_map(|stocked| stocked.product.variants.iter().map(move |variant| (stocked, variant)));
    let items: Vec<InventoryItem> = variants()
        .map(|(stocked, variant)| InventoryItem {
            variant_id: variant.id,
            product_id: stocked.product.id,
            sku: variant.sku.clone(),
            is_tracked: variant.requires_shipping,
            allows_backorder: false,
        })
        .collect();
    let parts = variants().flat_map(|(_, variant)| {
        variant.components.iter().map(|part| BundlePart {
            bundle_id: variant.id,
            component_id: part.variant_id,
            quantity: part.quantity.into(),
        })
    });
    inventory::claim_skus(conn, &items, &parts.collect::<Vec<_>>()).await?;
    let by_sku: HashMap<&str, _> = items.iter().map(|item| (item.sku.as_str(), item)).collect();
    let tracked = batch.iter().flat_map(|stocked| &stocked.stock).filter_map(|stock| {
        let item = by_sku.get(stock.sku.as_str()).filter(|item| item.is_tracked)?;
        let target = StockTarget::OnHand(stock.units);
        Some(StockChange { variant_id: item.variant_id, location_id: stock.location, target })
    });
    let changes: Vec<StockChange> = tracked.collect();
    let now = app.clock.now();
    set_stock(conn, &Actor::System, AdjustmentReason::Received, Some("opening stock"), &changes, now)
        .await
        .map(drop)
        .map_err(|error| error.into_failure("set the opening stock"))
}

/// Writes the collections that are missing, and adds new members to the others.
///
/// # Errors
/// [`ServiceError`] if the document store fails.
pub async fn import_collections(app: &App, collections: Vec<Collection>) -> ServiceResult<()> {
    catalog::import_collections(app, collections).await
}

/// The number of products that earlier imports have written, including those that merchants have deleted since. Zero if
/// the catalog is empty, for example because another document store is configured now.
///
/// # Errors
/// [`ServiceError`] if a store fails.
pub async fn imported_products(app: &App) -> ServiceResult<usize> {
    if app.documents.count(documents::Collection::Products).await? == 0 {
        return Ok(0);
    }
    let Some(recorded) = shop_meta::find(&mut *app.db.read().await?, &marker(app)).await? else { return Ok(0) };
    let count = recorded.as_u64().and_then(|count| usize::try_from(count).ok());
    count.ok_or_else(|| ServiceError::internal(format!("{} is not a number of products: {recorded}", marker(app))))
}

/// Records the number of products that imports have written.
///
/// # Errors
/// [`ServiceError`] if the database fails.
pub async fn record_imported_products(app: &App, count: usize) -> ServiceResult<()> {
    Ok(shop_meta::save(&mut *app.db.write().await?, &marker(app), &json!(count)).await?)
}

/// The key of the record: the count belongs to one document store.
fn marker(app: &App) -> String {
    format!("seeded_products_in_{}", app.documents.backend())
}

/// Publishes the events of imported objects. If products were imported, it also updates the statistics of
/// the query planner.
///
/// # Errors
/// [`ServiceError`] if a store fails.
pub async fn finish(app: &App, imported: ImportedProducts) -> ServiceResult<()> {
    while catalog::drain_changes(app, DRAIN_BATCH).await? > 0 {}
    app.bus.publish(Topic::Outbox);
    if imported.products > 0 {
        maintenance::analyze(&mut *app.db.write().await?).await?;
    }
    Ok(())
}
