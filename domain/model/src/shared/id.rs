//! Identifiers: newtypes over UUIDs, written `gid://mercator/<Type>/<uuid>` in the API.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text is not the global id of the expected type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of type {expected}")]
pub struct InvalidId {
    /// The expected type name.
    pub expected: &'static str,
}

/// An identifier whose global form includes the type of the object.
pub trait GlobalId: Copy + Eq + fmt::Display + FromStr<Err = InvalidId> + Send + Sync + 'static {
    /// The GraphQL type of the object, for example `Product`.
    const TYPE: &'static str;
    /// The UUID without the type.
    fn uuid(self) -> Uuid;
    /// Restores an id from a UUID that was read from a store.
    fn restore(uuid: Uuid) -> Self;
}

const PREFIX: &str = "gid://mercator/";

/// Splits any global id into type name and UUID. None if the text is not a global id; the type is not checked.
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
            /// A new id that sorts by creation time (a version 7 UUID).
            #[must_use]
            #[expect(clippy::new_without_default, reason = "a new id is never a default")]
            pub fn new() -> Self { Self(Uuid::now_v7()) }
            /// A new id of 122 random bits (a version 4 UUID), for ids that act as a secret.
            #[must_use]
            pub fn random() -> Self { Self(Uuid::new_v4()) }
            /// The UUID without the type.
            #[must_use]
            pub const fn uuid(self) -> Uuid { self.0 }
            /// Restores an id from a UUID that was read from a store.
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
    /// A [`crate::catalog::Variant`] and its inventory item.
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
    /// A [`crate::cart::Cart`]; it is the only secret that protects a guest's cart.
    CartId = "Cart";
    /// A [`crate::cart::CartRecord`]: a cart in the admin API. It is derived from the [`CartId`], which it does not reveal.
    CartRecordId = "Cart";
    /// A [`crate::cart::CartLine`].
    CartLineId = "CartLine";
    /// A delivery group of a cart.
    DeliveryGroupId = "DeliveryGroup";
    /// A [`crate::customers::Customer`].
    CustomerId = "Customer";
    /// A customer group.
    CustomerGroupId = "CustomerGroup";
    /// A saved address of a customer.
    AddressId = "CustomerAddress";
    /// A [`crate::customers::StaffUser`].
    StaffUserId = "StaffUser";
    /// A [`crate::customers::Role`].
    RoleId = "Role";
    /// A [`crate::customers::ApiToken`].
    ApiTokenId = "ApiToken";
    /// A login session.
    SessionId = "Session";
    /// A [`crate::shipping::DeliveryZone`].
    DeliveryZoneId = "DeliveryZone";
    /// A [`crate::shipping::DeliveryMethod`].
    DeliveryMethodId = "DeliveryMethod";
    /// A stock location.
    StockLocationId = "StockLocation";
    /// A [`crate::inventory::StockMovement`].
    StockMovementId = "StockMovement";
    /// An order.
    OrderId = "Order";
    /// A line of an order.
    OrderLineId = "OrderLine";
    /// A fulfillment of an order.
    FulfillmentId = "Fulfillment";
    /// An event in the timeline of an order.
    OrderEventId = "OrderEvent";
    /// A note of staff about an order.
    OrderNoteId = "OrderNote";
    /// A [`crate::payments::Payment`].
    PaymentId = "Payment";
    /// A [`crate::payments::PaymentAttempt`].
    PaymentAttemptId = "PaymentAttempt";
    /// A [`crate::payments::PaymentTransaction`].
    PaymentTransactionId = "PaymentTransaction";
    /// A refund of a payment.
    RefundId = "Refund";
    /// A [`crate::payments::RoutingRule`].
    RoutingRuleId = "PaymentRoutingRule";
    /// A [`crate::ledger::LedgerEntry`].
    LedgerEntryId = "LedgerEntry";
    /// A [`crate::tax::TaxClass`].
    TaxClassId = "TaxClass";
    /// A [`crate::tax::TaxRule`].
    TaxRateId = "TaxRate";
    /// A [`crate::promotions::Promotion`].
    PromotionId = "Promotion";
    /// A [`crate::promotions::DiscountCode`].
    DiscountCodeId = "DiscountCode";
    /// A domain event in the outbox.
    EventId = "DomainEvent";
    /// A [`crate::audit::AuditEntry`].
    AuditEntryId = "AuditLogEntry";
    /// A job in a queue.
    JobId = "Job";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_global_id_parses_back_to_itself() {
        let id = ProductId::new();
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn an_id_of_another_type_is_rejected() {
        assert!(OrderId::new().to_string().parse::<ProductId>().is_err());
        assert!("gid://mercator/Product/nonsense".parse::<ProductId>().is_err());
    }
}
