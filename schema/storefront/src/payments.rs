//! Payment of carts.

mod errors;
mod mutations;
mod types;

pub use errors::PaymentUserError;
pub use mutations::PaymentMutation;
pub use types::Payment;

/// The static cost of mutations that price a cart and call a payment gateway.
pub const FIELD_COSTS: &[(&str, u64)] = &[("Mutation.cartPaymentCreate", 1_000)];
