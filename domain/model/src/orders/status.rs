//! The three axes of an order.

use serde::{Deserialize, Serialize};

use super::OrderLine;
use crate::{
    payments::{Payment, PaymentStatus},
    shared::names::names,
};

/// Whether an order is a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrderStatus {
    /// The stock is promised; the payment is not decided yet.
    PendingPayment,
    /// Paid or as good as paid; goods or money are still to move.
    Open,
    /// Paid and sent.
    Completed,
    /// Called off by the shopper or staff.
    Canceled,
    /// The payment did not come.
    Expired,
}

names! { OrderStatus {
    PendingPayment = "PENDING_PAYMENT", Open = "OPEN", Completed = "COMPLETED", Canceled = "CANCELED",
    Expired = "EXPIRED",
} }

impl OrderStatus {
    /// Whether the order came to nothing.
    #[must_use]
    pub const fn is_void(self) -> bool {
        matches!(self, Self::Canceled | Self::Expired)
    }
}

/// How far the money of an order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentProgress {
    /// Not decided.
    Pending,
    /// Held on the shopper's account.
    Authorized,
    /// A part was taken.
    PartiallyPaid,
    /// All was taken, or there was nothing to pay.
    Paid,
    /// A part of what was taken was given back.
    PartiallyRefunded,
    /// All of what was taken was given back.
    Refunded,
    /// The hold was released; nothing was taken.
    Voided,
    /// The shopper's bank said no.
    Failed,
}

names! { PaymentProgress {
    Pending = "PENDING", Authorized = "AUTHORIZED", PartiallyPaid = "PARTIALLY_PAID", Paid = "PAID",
    PartiallyRefunded = "PARTIALLY_REFUNDED", Refunded = "REFUNDED", Voided = "VOIDED", Failed = "FAILED",
} }

impl From<&Payment> for PaymentProgress {
    fn from(payment: &Payment) -> Self {
        match payment.status {
            PaymentStatus::Pending | PaymentStatus::RequiresAction => Self::Pending,
            PaymentStatus::Authorized => Self::Authorized,
            PaymentStatus::Captured if payment.captured == payment.amount => Self::Paid,
            PaymentStatus::PartiallyCaptured | PaymentStatus::Captured => Self::PartiallyPaid,
            PaymentStatus::PartiallyRefunded => Self::PartiallyRefunded,
            PaymentStatus::Refunded => Self::Refunded,
            PaymentStatus::Voided => Self::Voided,
            PaymentStatus::Failed => Self::Failed,
        }
    }
}

impl PaymentProgress {
    /// Whether no money will come of it.
    #[must_use]
    pub const fn is_lost(self) -> bool {
        matches!(self, Self::Voided | Self::Failed)
    }

    /// Whether money is there or was, were it only held or given back since; or none was due.
    #[must_use]
    pub const fn has_come(self) -> bool {
        !self.is_lost() && !matches!(self, Self::Pending)
    }
}

/// How far the goods of an order have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FulfillmentStatus {
    /// Nothing was sent.
    Unfulfilled,
    /// A part was sent.
    PartiallyFulfilled,
    /// Everything was sent.
    Fulfilled,
    /// There is nothing to send.
    NotRequired,
}

names! { FulfillmentStatus {
    Unfulfilled = "UNFULFILLED", PartiallyFulfilled = "PARTIALLY_FULFILLED", Fulfilled = "FULFILLED",
    NotRequired = "NOT_REQUIRED",
} }

impl FulfillmentStatus {
    /// Whether nothing is left to be sent.
    #[must_use]
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Fulfilled | Self::NotRequired)
    }

    /// Where the lines stand; what needs no delivery does not count.
    #[must_use]
    pub fn of(lines: &[OrderLine]) -> Self {
        let to_send = || lines.iter().filter(|line| line.requires_shipping);
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

/// Where the goods of a fulfilment are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FulfillmentState {
    /// They left the building.
    Shipped,
}

names! { FulfillmentState { Shipped = "SHIPPED" } }
