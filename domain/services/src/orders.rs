//! Placed orders: reading, fulfilling, canceling, and the effects of payments on them.

mod cancel;
mod confirm;
mod error;
mod expire;
mod fulfill;
mod fulfillments;
mod notes;
mod payment;
mod read;
mod remind;
mod resend;
mod reversal;
mod stock;
mod update;

pub use cancel::{CancelOrder, CancelUnpaid, cancel, cancel_unpaid};
pub use confirm::confirm;
pub use error::{CancelError, CancelRule, FulfillError, FulfillRule, MAX_CANCELED, UpdateError, UpdateRule};
pub use expire::{expire, purge};
pub use fulfill::{FulfillOrder, fulfill};
pub use fulfillments::{ChangeFulfillment, TrackFulfillment, cancel_fulfillment, mark_delivered, track_fulfillment};
pub use model::orders::{OrderFilter, OrderSort};
pub use notes::{AddNote, add_note, notes_of};
pub use payment::{PaymentCause, payment_changed};
pub(crate) use read::is_readable;
pub use read::{
    allocations_of, by_ids, count, events_of, find, find_by_token, fulfillments_of, lines_of, list, list_of_customer,
    own_by_ids,
};
pub use remind::remind;
pub use resend::{ResendConfirmation, resend_confirmation};
pub use update::{UpdateOrder, update};
