//! Identifiers: newtypes over UUIDs that read `gid://mercator/<Type>/<uuid>` outside.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text is not the global id of the expected type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of type {expected}")]
pub struct InvalidId {
    /// The type name the id should carry.
    pub expected: &'static str,
}

/// An identifier with a type name that shows in its global form.
pub trait GlobalId: Copy + Eq + fmt::Display + FromStr<Err = InvalidId> + Send + Sync + 'static {
    /// The GraphQL type of the object, for example `Product`.
    const TYPE: &'static str;
    /// The bare UUID.
    fn uuid(self) -> Uuid;
    /// Wraps a bare UUID, as read from a store.
    fn restore(uuid: Uuid) -> Self;
}

const PREFIX: &str = "gid://mercator/";

/// The type name and the UUID of any global id, without saying which types exist.
#[must_use]
pub fn split_global_id(text: &str) -> Option<(&str, Uuid)> {
    let (kind, uuid) = text.strip_prefix(PREFIX)?.split_once('/')?;
    Some((kind, Uuid::try_parse(uuid).ok()?))
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $kind:literal;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id that sorts by the time it was made.
            #[must_use]
            #[expect(clippy::new_without_default, reason = "a new id is never a default")]
            pub fn new() -> Self { Self(Uuid::now_v7()) }
            /// A new id of 122 random bits, for ids that are themselves a secret.
            #[must_use]
            pub fn random() -> Self { Self(Uuid::new_v4()) }
            /// The bare UUID.
            #[must_use]
            pub const fn uuid(self) -> Uuid { self.0 }
            /// Wraps a bare UUID, as read from a store.
            #[must_use]
            pub const fn restore(uuid: Uuid) -> Self { Self(uuid) }
        }
        impl GlobalId for $name {
            const TYPE: &'static str = $kind;
            fn uuid(self) -> Uuid { self.0 }
            fn restore(uuid: Uuid) -> Self { Self(uuid) }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!("gid://mercator/", $kind, "/{}"), self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                match split_global_id(text) {
                    Some((kind, uuid)) if kind == $kind => Ok(Self(uuid)),
                    _ => Err(InvalidId { expected: $kind }),
                }
            }
        }
    )*};
}

ids! {
    /// A [`crate::catalog::Product`].
    ProductId = "Product";
    /// A [`crate::catalog::Variant`]; also its inventory item.
    VariantId = "ProductVariant";
    /// A [`crate::catalog::ProductType`].
    ProductTypeId = "ProductType";
    /// A [`crate::catalog::Category`].
    CategoryId = "Category";
    /// A [`crate::catalog::Collection`].
    CollectionId = "Collection";
    /// A [`crate::catalog::Media`].
    MediaId = "Image";
    /// A [`crate::channels::Channel`].
    ChannelId = "Channel";
    /// A [`crate::cart::Cart`]; for guests it is the secret that opens the cart.
    CartId = "Cart";
    /// A [`crate::cart::CartLine`].
    CartLineId = "CartLine";
    /// A delivery group of a cart.
    DeliveryGroupId = "DeliveryGroup";
    /// A customer.
    CustomerId = "Customer";
    /// A customer group.
    CustomerGroupId = "CustomerGroup";
    /// A saved address of a customer.
    AddressId = "CustomerAddress";
    /// A member of the merchant's staff.
    StaffUserId = "StaffUser";
    /// A role of staff.
    RoleId = "Role";
    /// An API token of an integration.
    ApiTokenId = "ApiToken";
    /// A login session.
    SessionId = "Session";
    /// A stock location.
    StockLocationId = "StockLocation";
    /// An entry of the stock movement ledger.
    StockMovementId = "StockMovement";
    /// An order.
    OrderId = "Order";
    /// A line of an order.
    OrderLineId = "OrderLine";
    /// A fulfilment of an order.
    FulfillmentId = "Fulfillment";
    /// An event on an order's timeline.
    OrderEventId = "OrderEvent";
    /// A payment (intent).
    PaymentId = "Payment";
    /// One try of a payment at one gateway.
    PaymentAttemptId = "PaymentAttempt";
    /// One money event at a gateway.
    PaymentTransactionId = "PaymentTransaction";
    /// A refund to a shopper.
    RefundId = "Refund";
    /// A payment routing rule.
    RoutingRuleId = "PaymentRoutingRule";
    /// An entry of the money ledger.
    LedgerEntryId = "LedgerEntry";
    /// A promotion.
    PromotionId = "Promotion";
    /// A discount code of a promotion.
    DiscountCodeId = "DiscountCode";
    /// A domain event in the outbox.
    EventId = "DomainEvent";
    /// A job in the queue.
    JobId = "Job";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_global_id_survives_the_round_trip() {
        let id = ProductId::new();
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn an_id_of_another_type_is_refused() {
        assert!(OrderId::new().to_string().parse::<ProductId>().is_err());
        assert!("gid://mercator/Product/nonsense".parse::<ProductId>().is_err());
    }
}
