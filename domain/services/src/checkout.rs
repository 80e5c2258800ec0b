//! Checkout: the one path from a cart to an order. Composes carts, orders and payments: completes carts, receives
//! gateway webhooks and resolves payments.

mod complete;
mod error;
mod locks;
mod prices;
mod release;
mod request;
mod resolve;
mod stock;
mod transaction;
mod transfers;
mod webhook;

pub use complete::{complete, complete_paid};
pub use error::{CompleteError, CompleteRule};
pub use locks::CartLocks;
pub(crate) use prices::SharedPrices;
pub use prices::{CartPrices, Pricing};
pub use request::CompleteCart;
pub use resolve::resolve;
pub use webhook::{Received, WebhookError, receive_webhook};
