//! The demo shop: the same facts for every number of products. Whatever exists already is left alone, so seeding may
//! be cut off and repeated, and doing it twice changes nothing.

mod attributes;
mod goods;
mod kinds;
mod named;
mod names;
mod people;
mod products;
mod random;
mod settings;
mod shop;
mod taxonomy;
mod words;

use std::sync::Arc;

use persistence::planner;

use crate::{App, ServiceError, bus::Topic, catalog, identity, payments};

/// The fewest products: those with facts of their own.
pub const MIN_PRODUCTS: usize = named::COUNT;
/// How many documents' events are drained at a time.
const DRAINED: usize = 500;

/// How to seed.
#[derive(Clone)]
pub struct SeedOptions {
    /// How many products the shop is to have; at least [`MIN_PRODUCTS`].
    pub products: usize,
    /// Hears how many products are there.
    pub progress: Arc<dyn Fn(Progress) + Send + Sync>,
}

/// How far the seed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Products that are there.
    pub done: usize,
    /// Products that are to be there.
    pub total: usize,
}

/// What the seed made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeedReport {
    /// Products that were not there before.
    pub products: usize,
    /// Their variants.
    pub variants: usize,
}

/// Why the demo shop was not made.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The database holds a shop that is no demo.
    #[error("this database holds a shop that was not seeded; the demo needs a database of its own")]
    NotADemo,
    /// A word list is wrong: a bug.
    #[error("the demo's data is wrong: {0}")]
    Data(String),
    /// An account could not be made.
    #[error("an account of the demo cannot be made: {0}")]
    Identity(#[from] identity::IdentityError),
    /// A store failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<persistence::StoreError> for SeedError {
    fn from(error: persistence::StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl From<persistence::db::TransactionError> for SeedError {
    fn from(error: persistence::db::TransactionError) -> Self {
        Self::Service(error.into())
    }
}

impl From<model::InvalidSlug> for SeedError {
    fn from(error: model::InvalidSlug) -> Self {
        Self::Data(error.to_string())
    }
}

/// Makes the demo shop, or what is missing of it.
///
/// # Errors
/// [`SeedError::NotADemo`] before anything is written, or a store's error; then do it again.
pub async fn seed(app: &App, options: SeedOptions) -> Result<SeedReport, SeedError> {
    settings::check(app).await?;
    identity::mark_demo(app).await?;
    let finished = goods::finished(app).await?;
    if finished == 0 {
        settings::seed(app).await?;
    }
    people::seed(app).await?;
    payments::seed_rules(app).await?;
    if finished == 0 {
        catalog::import(app, taxonomy::product_types()?).await?;
        catalog::import(app, taxonomy::categories()?).await?;
    }
    let report = goods::seed(app, &options, finished).await?;
    while catalog::drain_changes(app, DRAINED).await? > 0 {}
    app.bus.publish(Topic::Outbox);
    if report.products > 0 {
        planner::analyze(&mut *app.db.write().await?).await?;
    }
    Ok(report)
}
