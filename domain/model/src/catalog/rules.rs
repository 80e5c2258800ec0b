//! Validation of catalog objects. Each check returns all violations, not only the first.

mod attributes;
mod findings;
mod product;
mod taxonomy;
mod terms;
mod variants;

pub use findings::{CatalogErrorCode, Violation, check_metafields};
pub use product::check_product;
pub(super) use product::{check_product_lists, check_tags};
pub use taxonomy::{check_category, check_collection, check_product_type};
pub use variants::check_bundles;
pub(super) use variants::check_price;

/// Maximum length of a name, in characters.
pub(super) const NAME: usize = 255;
/// Maximum length of a description or metafield, in characters.
pub(super) const TEXT: usize = 65_536;
/// Maximum number of entries of lists without a limit of their own.
pub(super) const ENTRIES: usize = 250;
