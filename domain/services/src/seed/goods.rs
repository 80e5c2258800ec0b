//! Writes the products with their stock, and the collections that hold them.

use std::collections::HashMap;

use model::{
    Slug,
    access::Actor,
    catalog::Product,
    ids::{ProductId, StockLocationId},
    inventory::{AdjustmentReason, BundlePart, InventoryItem, StockChange, StockTarget},
};
use persistence::{Conn, db::Transactions as _, documents::Collection, inventory, shop_meta};
use serde_json::json;

use super::{
    Progress, SeedError, SeedOptions, SeedReport, named,
    products::{self, Goods, id},
    taxonomy,
};
use crate::{
    App, ServiceError, catalog,
    inventory::{AdjustError, set_stock},
};

/// How many products are written at a time.
const BATCH: usize = 250;

/// How many products were written before; what merchants deleted of them since stays deleted. None in a catalog that
/// is empty, such as one in another document store.
pub(super) async fn finished(app: &App) -> Result<usize, SeedError> {
    if app.documents.count(Collection::Products).await? == 0 {
        return Ok(0);
    }
    let fact = shop_meta::find(&mut *app.db.read().await?, &key(app)).await?;
    let count = fact.and_then(|fact| fact.as_u64()).and_then(|count| usize::try_from(count).ok());
    Ok(count.unwrap_or_default())
}

/// The fact under which the count is kept.
fn key(app: &App) -> String {
    format!("seeded_products_in_{}", app.documents.backend())
}

async fn note_finished(app: &App, count: usize) -> Result<(), SeedError> {
    Ok(shop_meta::put(&mut *app.db.write().await?, &key(app), &json!(count)).await?)
}

pub(super) async fn seed(app: &App, options: &SeedOptions, finished: usize) -> Result<SeedReport, SeedError> {
    let total = options.products.max(named::COUNT);
    let mut report = SeedReport::default();
    let mut members: Vec<(Slug, ProductId)> = Vec::with_capacity(total);
    let mut done = 0;
    while done < total {
        let mut batch = batch(done, total)?;
        let already = finished.saturating_sub(done).min(batch.len());
        done += batch.len();
        members.extend(batch.iter().map(|goods| (goods.product.slug.clone(), goods.product.id)));
        let made = write(app, batch.split_off(already)).await?;
        report.products += made.products;
        report.variants += made.variants;
        (options.progress)(Progress { done, total });
    }
    if total > finished {
        // Members are published: a draft among them would show nowhere.
        members.retain(|(slug, _)| slug.as_str() != "secret-sample");
        catalog::import_collections(app, taxonomy::collections(&members)?).await?;
        // Last, so that whatever was cut off is made up for.
        note_finished(app, total).await?;
    }
    Ok(report)
}

/// The products from a number on: those with facts first, then the others.
fn batch(from: usize, total: usize) -> Result<Vec<Goods>, SeedError> {
    let mut batch = Vec::with_capacity(BATCH);
    if from == 0 {
        batch.extend(named::all()?);
    }
    let next = (from + batch.len()).max(named::COUNT);
    for number in next..total.min(from + BATCH) {
        batch.push(products::product(number - named::COUNT)?);
    }
    Ok(batch)
}

/// Writes those that are missing: the stock first, so that a product that is there is complete.
async fn write(app: &App, mut batch: Vec<Goods>) -> Result<SeedReport, SeedError> {
    let ids: Vec<ProductId> = batch.iter().map(|goods| goods.product.id).collect();
    let known = catalog::fresh_products(app, &ids).await?;
    batch.retain(|goods| !known.contains_key(&goods.product.id));
    if batch.is_empty() {
        return Ok(SeedReport::default());
    }
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| keep_stock(app, conn, &batch).await).await?;
    drop(conn);
    let products: Vec<Product> = batch.into_iter().map(|goods| goods.product).collect();
    let variants = products.iter().map(|product| product.variants.len()).sum();
    let report = SeedReport { products: products.len(), variants };
    catalog::import(app, products).await?;
    Ok(report)
}

async fn keep_stock(app: &App, conn: &mut Conn, batch: &[Goods]) -> Result<(), SeedError> {
    let variants = || batch.iter().flat_map(|goods| goods.product.variants.iter().map(move |variant| (goods, variant)));
    let items: Vec<InventoryItem> = variants()
        .map(|(goods, variant)| InventoryItem {
            variant_id: variant.id,
            product_id: goods.product.id,
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
    let tracked = batch.iter().flat_map(|goods| &goods.stock).filter_map(|(sku, location, units)| {
        let item = by_sku.get(sku.as_str()).filter(|item| item.is_tracked)?;
        let location_id = id::<StockLocationId>(location);
        Some(StockChange { variant_id: item.variant_id, location_id, target: StockTarget::OnHand(*units) })
    });
    let changes: Vec<StockChange> = tracked.collect();
    let now = app.clock.now();
    set_stock(conn, &Actor::System, AdjustmentReason::Received, Some("opening stock"), &changes, now)
        .await
        .map(|_| ())
        .map_err(refused)
}

fn refused(error: AdjustError) -> SeedError {
    match error {
        AdjustError::Service(error) => SeedError::Service(error),
        other => SeedError::Service(ServiceError::Internal(format!("opening stock: {other}"))),
    }
}
