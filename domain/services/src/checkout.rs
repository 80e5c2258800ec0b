//! Checkout: the one path from a cart to an order.

mod complete;
mod error;
mod give_up;
mod jobs;
mod prices;
mod stock;
mod transaction;
mod turns;

pub use complete::{CompleteCart, complete, complete_paid};
pub use error::CompleteError;
pub use prices::prices_to_show;
pub use turns::Turns;
