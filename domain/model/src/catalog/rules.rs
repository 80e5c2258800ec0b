//! What an object of the catalog must be like. Each check finds everything that is wrong, not only the first.

mod attributes;
mod findings;
mod product;
mod taxonomy;
mod variants;

pub use findings::{CatalogErrorCode, Violation};
pub use product::check_product;
pub use taxonomy::{check_category, check_collection, check_product_type};
pub use variants::check_bundles;

/// The longest name, in characters.
pub(super) const NAME: usize = 255;
/// The longest description or metafield, in characters.
pub(super) const TEXT: usize = 65_536;
/// The most entries of lists that have no bound of their own.
pub(super) const ENTRIES: usize = 250;
