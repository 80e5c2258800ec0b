//! The demo shop: the same data for every number of products. Objects that exist are left unchanged, so seeding can be
//! interrupted and repeated, and a second run changes nothing.

mod attributes;
mod batches;
mod data;
mod error;
mod ids;
mod named;
mod names;
mod people;
mod products;
mod random;
mod shop;
mod taxonomy;
mod texts;
mod variants;

use std::sync::Arc;

use services::{
    App, identity,
    import::{self, ImportedProducts},
    payments,
};

pub use error::SeedError;

use data::Data;

/// The least number of products: those of `data/products.toml`, which documentation and checks rely on.
pub const MIN_PRODUCTS: usize = 10;

/// The options of [`seed`].
#[derive(Clone)]
pub struct SeedOptions {
    /// The number of products that the shop has afterwards; at least [`MIN_PRODUCTS`].
    pub products: usize,
    /// Receives the progress after each batch of products.
    pub progress: Arc<dyn Fn(Progress) + Send + Sync>,
}

/// The progress of seeding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The number of products that exist.
    pub done: usize,
    /// The number of products that the shop has at the end.
    pub total: usize,
}

/// Creates the demo shop, or the missing parts of it. Returns the number of products and variants it created.
///
/// # Errors
/// [`SeedError::NotADemo`] before anything is written; [`SeedError::Service`] if a store fails, after which seeding can be
/// repeated.
pub async fn seed(app: &App, options: SeedOptions) -> Result<ImportedProducts, SeedError> {
    let data = Data::load()?;
    if identity::has_other_shop(app).await? {
        return Err(SeedError::NotADemo);
    }
    identity::mark_demo(app).await?;
    let finished = import::imported_products(app).await?;
    if finished == 0 {
        import::import_settings(app, &shop::settings(&data.shop, app.now())).await?;
    }
    people::seed(app, &data.shop.accounts).await?;
    payments::import_rules(app, shop::routing_rules(&data.shop)).await?;
    if finished == 0 {
        import::import_product_types(app, taxonomy::product_types(&data.catalog)?).await?;
        import::import_categories(app, taxonomy::categories(&data.catalog)?).await?;
    }
    let imported = batches::seed(app, &data, &options, finished).await?;
    import::finish(app, imported).await?;
    Ok(imported)
}
