//! The parts of orders that both APIs show.

mod enums;
mod fields;
mod parts;

pub use enums::{FulfillmentStatus, OrderEventKind, OrderFulfillmentStatus, OrderPaymentStatus, OrderStatus};
pub use fields::{FulfillmentFields, OrderFields, OrderLineFields};
pub use parts::{FulfillmentLine, OrderDelivery, OrderDiscount, OrderLineAttribute, Tracking};
