//! Payments, gateways, routing and the ledger as staff see them.

mod errors;
mod gateways;
mod inputs;
mod ledger;
mod mutations;
mod queries;
mod types;

pub use errors::PaymentUserError;
pub use mutations::PaymentMutation;
pub use queries::PaymentQuery;
pub use types::{Payment, Refund};
