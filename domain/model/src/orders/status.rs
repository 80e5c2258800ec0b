//! The statuses of an order.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::OrderLine;
use crate::payments::{Payment, PaymentStatus};

/// The state of an order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum OrderStatus {
    /// Stock is allocated; the payment is not decided yet.
    PendingPayment,
    /// Accepted; payment or fulfillment is still in progress.
    Open,
    /// Paid in full, and everything was fulfilled.
    Completed,
    /// Canceled by the shopper or by staff.
    Canceled,
    /// The payment did not arrive in time.
    Expired,
}

impl OrderStatus {
    /// True if the order is canceled or expired.
    #[must_use]
    pub const fn is_void(self) -> bool {
        matches!(self, Self::Canceled | Self::Expired)
    }
}

/// The payment status of an order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum), graphql(name = "OrderPaymentStatus"))]
pub enum PaymentProgress {
    /// The payment is not decided yet.
    Pending,
    /// The amount is held on the shopper's account.
    Authorized,
    /// A part of the total was captured.
    PartiallyPaid,
    /// The total was captured, or there was nothing to pay.
    Paid,
    /// A part of the captured amount was refunded.
    PartiallyRefunded,
    /// The whole captured amount was refunded.
    Refunded,
    /// The authorization was voided; nothing was captured.
    Voided,
    /// The payment failed; nothing was charged.
    Failed,
}

impl From<&Payment> for PaymentProgress {
    fn from(payment: &Payment) -> Self {
        match payment.status {
            // A partial authorization does not pay for the order; it is voided.
            PaymentStatus::Pending | PaymentStatus::RequiresAction | PaymentStatus::PartiallyAuthorized => {
                Self::Pending
            }
            PaymentStatus::Authorized => Self::Authorized,
            PaymentStatus::Captured if payment.captured.minor >= payment.amount.minor => Self::Paid,
            PaymentStatus::PartiallyCaptured | PaymentStatus::Captured => Self::PartiallyPaid,
            PaymentStatus::PartiallyRefunded => Self::PartiallyRefunded,
            PaymentStatus::Refunded => Self::Refunded,
            PaymentStatus::Voided => Self::Voided,
            PaymentStatus::Failed => Self::Failed,
        }
    }
}

impl PaymentProgress {
    /// True if no money will be collected.
    #[must_use]
    pub const fn is_lost(self) -> bool {
        matches!(self, Self::Voided | Self::Failed)
    }

    /// True if money was authorized or captured, even if it was refunded since, or if none was due.
    #[must_use]
    pub const fn has_come(self) -> bool {
        !self.is_lost() && !matches!(self, Self::Pending)
    }
}

/// The fulfillment status of an order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum), graphql(name = "OrderFulfillmentStatus"))]
pub enum FulfillmentStatus {
    /// Nothing was shipped yet.
    Unfulfilled,
    /// A part of the order was shipped.
    PartiallyFulfilled,
    /// Everything was shipped.
    Fulfilled,
    /// The order contains nothing to ship.
    NotRequired,
}

impl FulfillmentStatus {
    /// True if nothing is left to fulfill.
    #[must_use]
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Fulfilled | Self::NotRequired)
    }

    /// The status of these lines; those that need no delivery do not count.
    #[must_use]
    pub fn of(lines: &[OrderLine]) -> Self {
        let to_send = || lines.iter().filter(|line| line.sold.requires_shipping);
        if to_send().next().is_none() {
            Self::NotRequired
        } else if to_send().all(|line| line.outstanding() == 0) {
            Self::Fulfilled
        } else if to_send().any(|line| line.fulfilled.get() > 0) {
            Self::PartiallyFulfilled
        } else {
            Self::Unfulfilled
        }
    }
}

/// The status of a fulfillment.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum), graphql(name = "FulfillmentStatus"))]
pub enum FulfillmentState {
    /// Handed over to the carrier.
    Shipped,
    /// Delivered to the shopper.
    Delivered,
    /// Canceled: the goods did not leave, and are to be shipped again.
    Canceled,
}
