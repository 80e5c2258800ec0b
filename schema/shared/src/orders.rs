//! The parts of orders that both APIs show.

mod fields;
mod parts;

pub use fields::{FulfillmentFields, OrderFields, OrderLineFields};
pub use parts::{FulfillmentLine, OrderDelivery, OrderDiscount, OrderLineAttribute, PaymentInstructions, Tracking};
