//! Lists of products and variants for staff, derived from the documents: products in the order in which their changes
//! became visible, deleted products, and variants by SKU, words, stock and time of change.

mod changes;
mod tables;
mod variant_list;
mod variants;

pub use changes::{
    ListedProduct, changed_products, count_changed, count_deleted, delete_absent, delete_products, deleted_products,
    latest_change, record_products,
};
pub use variant_list::{count_variants, list_variants};
pub use variants::{ListedVariant, record_variants, refresh_available};
