//! Orders as their buyers see them, and completion of carts.

mod complete;
mod queries;
mod subscription;
mod types;

pub use complete::CheckoutMutation;
pub use queries::OrderQuery;
pub use subscription::OrderSubscription;
pub use types::Order;
