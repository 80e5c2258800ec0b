//! Carts: queries, mutations and subscriptions.

mod cost;
mod delivery;
mod errors;
mod inputs;
mod line;
mod mutations;
mod payloads;
mod queries;
mod subscription;
mod types;

pub use errors::CartUserError;
pub use mutations::CartMutation;
pub use queries::CartQuery;
pub use subscription::CartSubscription;
pub use types::Cart;

/// The static cost of fields that read, price or change a cart of up to 500 lines. A price is computed once per cart and
/// request, but each of these fields may be the one that asks for it.
pub const FIELD_COSTS: &[(&str, u64)] = &[
    ("Query.cart", 50),
    ("Cart.lines", 50),
    ("Cart.cost", 50),
    ("Cart.discounts", 50),
    ("Cart.isReverseCharge", 50),
    ("Cart.isTaxExempt", 50),
    ("Cart.discountCodes", 50),
    ("Cart.deliveryGroups", 50),
    // Each line can have a problem.
    ("Cart.problems", 250),
    // A text of up to 5,000 characters.
    ("Cart.note", 10),
    // Up to 500 ids.
    ("DeliveryGroup.lineIds", 50),
    ("Mutation.cartCreate", 250),
    ("Mutation.cartLinesAdd", 350),
    ("Mutation.cartLinesUpdate", 350),
    ("Mutation.cartLinesRemove", 350),
    ("Mutation.cartBuyerUpdate", 350),
    ("Mutation.cartAddressesUpdate", 350),
    ("Mutation.cartDeliveryOptionSelect", 350),
    ("Mutation.cartDiscountCodesUpdate", 350),
    ("Mutation.cartNoteUpdate", 350),
    ("Mutation.cartMerge", 500),
];
