//! Carts: queries, mutations and subscriptions.

mod cost;
mod delivery;
mod errors;
mod inputs;
mod line;
mod mutations;
mod payloads;
mod prices;
mod queries;
mod subscription;
mod types;

pub use errors::CartUserError;
pub use mutations::CartMutation;
pub use queries::CartQuery;
pub use subscription::CartSubscription;
pub use types::Cart;
