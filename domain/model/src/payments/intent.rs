//! The payment itself: the amount to collect, and its state.

use serde::{Deserialize, Serialize};

use super::{FailureCode, PaymentMethod, PaymentStatus};
use crate::{
    Country, Currency, Money, Timestamp,
    ids::{CartId, ChannelId, OrderId, PaymentId},
};

/// An intent to collect an amount for a cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Identifier.
    pub id: PaymentId,
    /// The cart.
    pub cart_id: CartId,
    /// The order that the cart became; none before.
    pub order_id: Option<OrderId>,
    /// The channel of the sale.
    pub channel_id: ChannelId,
    /// The country of the sale, for routing.
    pub country: Option<Country>,
    /// The payment method.
    pub method: PaymentMethod,
    /// The gateway of the effective attempt.
    pub gateway: String,
    /// The amount to collect.
    pub amount: Money,
    /// The state, derived by [`super::PaymentRecord`].
    pub status: PaymentStatus,
    /// The amount that was authorized, including what was captured or voided since.
    pub authorized: Money,
    /// The captured amount, as the gateway reported it.
    pub captured: Money,
    /// The refunded amount, at most the captured one.
    pub refunded: Money,
    /// The amount that the shopper's bank charged back.
    pub charged_back: Money,
    /// The action that the shopper must complete.
    pub action: Option<PaymentAction>,
    /// The reason of the failure.
    pub failure: Option<FailureCode>,
    /// True if the money is no longer wanted: the payment was replaced, its cart was refused, or its order was
    /// canceled. The payment is voided or refunded as soon as its state allows.
    pub is_unwanted: bool,
    /// The keys of the counters that a decline is counted for; empty as soon as the payment is decided.
    pub decline_keys: Vec<String>,
    /// The caller's idempotency key, with the hash of the request.
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
    /// Open a page of the gateway, which redirects back afterwards.
    Redirect {
        /// The URL of the page.
        url: String,
    },
    /// Continue with the gateway's SDK in the page or app.
    Sdk {
        /// The secret that the SDK needs; valid for this payment only.
        client_secret: String,
    },
}

impl Payment {
    /// The currency of every amount.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.amount.currency
    }

    /// True if it is the one effective payment of its cart.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        !self.is_unwanted && !self.status.is_over()
    }

    /// True if the gateway or the shopper's bank declined it.
    #[must_use]
    pub fn is_declined(&self) -> bool {
        self.status == PaymentStatus::Failed && self.failure.is_some_and(FailureCode::is_decline)
    }

    /// Removes the keys of the counters if the payment is decided, and returns those that count it as declined.
    pub fn take_decline_keys(&mut self) -> Vec<String> {
        if self.status.is_undecided() {
            return Vec::new();
        }
        let keys = std::mem::take(&mut self.decline_keys);
        if self.is_declined() { keys } else { Vec::new() }
    }

    /// True if it is for exactly this total.
    #[must_use]
    pub fn covers(&self, total: Money) -> bool {
        self.amount == total
    }

    /// True if the gateway authorized less than the amount, and captured no more than that. A bank transfer may arrive in
    /// parts.
    #[must_use]
    pub const fn is_short(&self) -> bool {
        if matches!(self.method, PaymentMethod::BankTransfer) {
            return false;
        }
        let most = if self.captured.minor > self.authorized.minor { self.captured } else { self.authorized };
        self.authorized.minor > 0 && most.minor < self.amount.minor
    }

    /// True if the whole amount is held or captured, and was not returned.
    #[must_use]
    pub const fn is_secured(&self) -> bool {
        let secured = self.held().minor.saturating_add(self.kept().minor);
        !self.status.is_undecided() && secured >= self.amount.minor
    }

    /// The amount that is authorized and not captured.
    #[must_use]
    pub const fn held(&self) -> Money {
        match self.status {
            PaymentStatus::Captured | PaymentStatus::Voided | PaymentStatus::Failed => {
                Money::zero(self.amount.currency)
            }
            _ => less(self.authorized, self.captured),
        }
    }

    /// The amount that was not captured yet; zero if more was captured.
    #[must_use]
    pub const fn open(&self) -> Money {
        less(self.amount, self.captured)
    }

    /// The amount that was captured beyond the amount of the payment.
    #[must_use]
    pub const fn overpaid(&self) -> Money {
        less(self.captured, self.amount)
    }

    /// The captured amount that was neither refunded nor charged back.
    #[must_use]
    pub const fn kept(&self) -> Money {
        less(less(self.captured, self.refunded), self.charged_back)
    }
}

/// The difference of two amounts of one currency, at least zero; amounts are not negative, so that it cannot overflow.
const fn less(a: Money, b: Money) -> Money {
    let minor = a.minor.saturating_sub(b.minor);
    Money::new(if minor > 0 { minor } else { 0 }, a.currency)
}
