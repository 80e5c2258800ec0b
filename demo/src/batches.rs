//! Writes the products in batches, and the collections that contain them.

use model::{Slug, ids::ProductId};
use services::{
    App,
    import::{self, ImportedProducts, StockedProduct},
};

use crate::{MIN_PRODUCTS, Progress, SeedError, SeedOptions, data::Data, named, products, taxonomy};

/// The number of products that are written at a time.
const BATCH: usize = 250;

/// Writes the products after the first `finished` ones, which an earlier run wrote.
pub async fn seed(
    app: &App,
    data: &Data,
    options: &SeedOptions,
    finished: usize,
) -> Result<ImportedProducts, SeedError> {
    let total = options.products.max(MIN_PRODUCTS);
    let mut imported = ImportedProducts::default();
    let mut members: Vec<(Slug, ProductId)> = Vec::with_capacity(total);
    let mut done = 0;
    while done < total {
        let mut batch = batch(data, done, total)?;
        let already = finished.saturating_sub(done).min(batch.len());
        done += batch.len();
        members.extend(batch.iter().map(|stocked| (stocked.product.slug.clone(), stocked.product.id)));
        let written = import::import_products(app, batch.split_off(already)).await?;
        imported.products += written.products;
        imported.variants += written.variants;
        (options.progress)(Progress { done, total });
    }
    if total > finished {
        // An unpublished product in a collection would never be shown.
        members.retain(|(slug, _)| slug.as_str() != "secret-sample");
        import::import_collections(app, taxonomy::collections(&data.catalog, &members)?).await?;
        // Last, so that a run that was interrupted is completed by the next one.
        import::record_imported_products(app, total).await?;
    }
    Ok(imported)
}

/// The products from a number on: the named ones first, then generated ones.
fn batch(data: &Data, from: usize, total: usize) -> Result<Vec<StockedProduct>, SeedError> {
    let mut batch = Vec::with_capacity(BATCH);
    if from == 0 {
        batch.extend(named::all(&data.named)?);
    }
    let next = (from + batch.len()).max(MIN_PRODUCTS);
    for number in next..total.min(from + BATCH) {
        batch.push(products::product(data, number - MIN_PRODUCTS)?);
    }
    Ok(batch)
}
