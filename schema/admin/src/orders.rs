//! Orders as staff see them: reading, fulfilling and canceling.

mod errors;
mod inputs;
mod mutations;
mod queries;
mod types;

pub use mutations::OrderMutation;
pub use queries::OrderQuery;
pub use types::Order;
