//! Changes of many products or variants at once.

mod input;
mod jobs;
mod products;
mod variants;
mod write;

pub use input::{BulkPriceInput, ProductsBulkInput, VariantBulkInput};
pub use jobs::{MAX_FOUND, find_bulk_job, run_bulk_job, update_products};
pub use variants::{MAX_BULK_VARIANTS, update_variants};
