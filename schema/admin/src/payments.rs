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

/// The static cost of mutations that call a payment gateway.
pub const FIELD_COSTS: &[(&str, u64)] =
    &[("Mutation.paymentCapture", 1_000), ("Mutation.paymentVoid", 1_000), ("Mutation.paymentRefund", 1_000)];
