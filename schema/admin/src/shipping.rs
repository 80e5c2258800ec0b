//! Delivery zones and methods.

mod errors;
mod inputs;
mod mutations;
mod prices;
mod queries;
mod types;

pub use mutations::ShippingMutation;
pub use queries::ShippingQuery;
