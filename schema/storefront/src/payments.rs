//! Payment of carts.

mod errors;
mod mutations;
mod types;

pub use errors::PaymentUserError;
pub use mutations::PaymentMutation;
pub use types::Payment;
