//! Bulk import of settings, catalog and opening stock, as a program's own act rather than a member of staff's. Objects
//! that exist are left unchanged, so an import can be interrupted and repeated.

mod products;
mod settings;

pub use products::{
    ImportedProducts, OpeningStock, StockedProduct, finish, import_collections, import_products, imported_products,
    record_imported_products,
};
pub use settings::{ShopSettings, import_settings};

use model::catalog::{Category, ProductType};
use persistence::search::text;

use crate::{App, ServiceResult, catalog};

/// Writes the product types that are missing.
///
/// # Errors
/// [`crate::ServiceError`] if the document store fails.
pub async fn import_product_types(app: &App, product_types: Vec<ProductType>) -> ServiceResult<()> {
    catalog::import(app, product_types).await
}

/// Writes the categories that are missing.
///
/// # Errors
/// [`crate::ServiceError`] if the document store fails.
pub async fn import_categories(app: &App, categories: Vec<Category>) -> ServiceResult<()> {
    catalog::import(app, categories).await
}

/// The readable part of a URL for a name: its words in lowercase ASCII, joined by hyphens. Empty if the name has no
/// letters or digits.
#[must_use]
pub fn slugify(name: &str) -> String {
    text::words(&name.replace('&', " and ")).join("-")
}
