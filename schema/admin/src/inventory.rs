//! Stock levels, movements, adjustments and locations.

mod errors;
mod inputs;
mod mutations;
mod queries;
mod types;

pub use mutations::InventoryMutation;
pub use queries::InventoryQuery;
