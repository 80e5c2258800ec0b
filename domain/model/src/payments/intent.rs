//! Payment intents.

use serde::{Deserialize, Serialize};

use super::{FailureCode, PaymentMethod, PaymentStatus};
use crate::{
    Country, Currency, Money, Timestamp,
    ids::{CartId, ChannelId, OrderId, PaymentId},
};

/// An intent to collect an amount for a cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Global id.
    pub id: PaymentId,
    /// Cart that the payment is for.
    pub cart_id: CartId,
    /// Order that the cart became; None until the cart is completed.
    pub order_id: Option<OrderId>,
    /// Channel of the cart.
    pub channel_id: ChannelId,
    /// Country of sale, for routing.
    pub country: Option<Country>,
    /// Payment method.
    pub method: PaymentMethod,
    /// Gateway of the attempt that counts.
    pub gateway: String,
    /// Amount to collect.
    pub amount: Money,
    /// Status, derived by [`super::PaymentRecord`].
    pub status: PaymentStatus,
    /// Total authorized amount, including what was captured or voided since.
    pub authorized: Money,
    /// Captured amount, at most the authorized amount.
    pub captured: Money,
    /// Refunded amount, at most the captured amount.
    pub refunded: Money,
    /// Amount charged back by the shopper's bank.
    pub charged_back: Money,
    /// Action that the shopper must complete next; None if there is none.
    pub action: Option<PaymentAction>,
    /// Reason of the failure.
    pub failure: Option<FailureCode>,
    /// True if the payment is no longer needed: a newer payment replaced it, or the cart was rejected. It is voided as soon
    /// as it is known to be authorized.
    pub is_unwanted: bool,
    /// Idempotency key of the request that created the payment, with the hash of that request.
    pub idempotency: Option<(String, Vec<u8>)>,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

/// An action that the shopper must complete before the payment is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentAction {
    /// Redirect to a page of the gateway, which redirects back afterwards.
    Redirect {
        /// URL of the page.
        url: String,
    },
    /// Hand over to the gateway's client SDK.
    Sdk {
        /// Secret for the SDK; valid only for this payment.
        client_secret: String,
    },
}

impl Payment {
    /// Currency of all amounts.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.amount.currency
    }

    /// True if the payment is the one that counts for its cart.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        !self.is_unwanted && !self.status.is_over()
    }

    /// True if the payment is for exactly this total.
    #[must_use]
    pub fn covers(&self, total: Money) -> bool {
        self.amount == total
    }

    /// Amount that is authorized and can still be captured.
    #[must_use]
    pub const fn held(&self) -> Money {
        match self.status {
            PaymentStatus::Captured | PaymentStatus::Voided | PaymentStatus::Failed => {
                Money::zero(self.amount.currency)
            }
            _ => less(self.authorized, self.captured),
        }
    }

    /// Captured amount minus refunds and chargebacks.
    #[must_use]
    pub const fn kept(&self) -> Money {
        less(less(self.captured, self.refunded), self.charged_back)
    }
}

/// The difference of two amounts in one currency, not below zero.
const fn less(a: Money, b: Money) -> Money {
    let minor = a.minor.saturating_sub(b.minor);
    Money::new(if minor > 0 { minor } else { 0 }, a.currency)
}
