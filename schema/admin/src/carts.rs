//! Active carts of shoppers, for support and recovery.

mod inputs;
mod queries;
mod types;

pub use queries::CartQuery;
pub use types::Cart;

/// The static cost of fields that price a cart of up to 500 lines.
pub const FIELD_COSTS: &[(&str, u64)] =
    &[("Cart.lines", 50), ("Cart.cost", 50), ("Cart.problems", 250), ("Cart.note", 10)];
