//! Tax classes and rates.

mod errors;
mod inputs;
mod mutations;
mod queries;
mod types;

pub use mutations::TaxMutation;
pub use queries::TaxQuery;
