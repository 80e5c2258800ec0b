//! Orders as their buyers see them, and completion of carts.

mod complete;
mod queries;
mod subscription;
mod types;

pub use complete::CheckoutMutation;
pub use queries::OrderQuery;
pub use subscription::OrderSubscription;
pub use types::Order;

/// The static cost of fields that read the parts of an order, or place one. An order has up to 500 lines.
pub const FIELD_COSTS: &[(&str, u64)] = &[
    ("Query.order", 20),
    ("Order.lines", 50),
    ("Order.fulfillments", 20),
    ("Order.events", 20),
    ("Order.note", 10),
    ("Order.paymentInstructions", 20),
    ("Mutation.cartComplete", 4_000),
];
