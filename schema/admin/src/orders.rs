//! Orders as staff see them: reading, changing, fulfilling and canceling.

mod change_inputs;
mod changes;
mod errors;
mod inputs;
mod mutations;
mod parts;
mod queries;
mod types;

pub use changes::OrderChangeMutation;
pub use mutations::OrderMutation;
pub use queries::OrderQuery;
pub use types::Order;

/// The static cost of fields that read the parts of an order, or change many. An order has up to 500 lines.
pub const FIELD_COSTS: &[(&str, u64)] = &[
    ("Query.orders", 20),
    ("Order.lines", 50),
    ("Order.fulfillments", 20),
    ("Order.events", 20),
    ("Order.payments", 10),
    ("Order.notes", 10),
    ("Order.paymentInstructions", 20),
    ("Mutation.orderNoteAdd", 200),
    ("Mutation.orderUpdate", 300),
    ("Mutation.orderConfirmationSend", 200),
    ("Mutation.orderMarkPaid", 500),
    ("Mutation.fulfillmentTrackingUpdate", 200),
    ("Mutation.fulfillmentCancel", 500),
    ("Mutation.fulfillmentMarkDelivered", 200),
    ("Mutation.orderFulfill", 500),
    ("Mutation.orderCancel", 1_000),
    ("Mutation.orderRefund", 1_000),
];
