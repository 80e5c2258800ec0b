//! Orders after they are placed: reading, sending, calling off, and what payments mean to them.

mod cancel;
mod confirm;
mod error;
mod expire;
mod fulfill;
mod payment;
mod read;
mod stock;
mod undo;

use model::{Timestamp, ids::OrderId};
use persistence::jobs::NewJob;

pub use cancel::{CancelError, CancelOrder, cancel};
pub use confirm::confirm;
pub use error::FulfillError;
pub use expire::expire;
pub use fulfill::{FulfillOrder, fulfill};
pub use payment::payment_changed;
pub use persistence::orders::OrderFilter;
pub use read::{
    OrderPage, by_ids, count, events_of, find, find_by_token, fulfillments_of, lines_of, list, list_of_customer,
};

/// The kind of the jobs that confirm orders to shoppers.
pub const CONFIRM: &str = "orders.confirm";
/// The kind of the jobs that give up on payments that did not come.
pub const EXPIRE: &str = "orders.expire";

/// Confirms an order to its shopper.
pub(crate) fn confirm_job(order: OrderId, at: Timestamp) -> NewJob {
    job(CONFIRM, order, at)
}

/// Gives up on a payment that does not come.
pub(crate) fn expire_job(order: OrderId, at: Timestamp) -> NewJob {
    job(EXPIRE, order, at)
}

fn job(kind: &'static str, order: OrderId, run_at: Timestamp) -> NewJob {
    NewJob {
        queue: "default",
        kind,
        payload: serde_json::json!(OrderJob { order_id: order }),
        unique_key: Some(format!("{kind} {order}")),
        run_at,
        max_attempts: 20,
    }
}

/// What the jobs about an order carry.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderJob {
    /// The order.
    pub order_id: OrderId,
}
