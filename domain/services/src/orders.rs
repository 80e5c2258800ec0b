//! Placed orders: reading, fulfilling, canceling, and the effects of payments on them.

mod cancel;
mod confirm;
mod error;
mod expire;
mod fulfill;
mod payment;
mod read;
mod reversal;
mod stock;

pub use cancel::{CancelOrder, CancelUnpaid, cancel, cancel_unpaid};
pub use confirm::confirm;
pub use error::{CancelError, CancelRule, FulfillError, FulfillRule, MAX_CANCELED};
pub use expire::{expire, purge};
pub use fulfill::{FulfillOrder, fulfill};
pub use model::orders::OrderFilter;
pub use payment::payment_changed;
pub(crate) use read::is_readable;
pub use read::{
    by_ids, count, events_of, find, find_by_token, fulfillments_of, lines_of, list, list_of_customer, own_by_ids,
};
