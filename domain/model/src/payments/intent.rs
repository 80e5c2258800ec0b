//! The payment as such: what is to be collected, and how far that has come.

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
    /// The cart it pays for.
    pub cart_id: CartId,
    /// The order the cart became.
    pub order_id: Option<OrderId>,
    /// The place of sale.
    pub channel_id: ChannelId,
    /// Where the shopper is, for routing.
    pub country: Option<Country>,
    /// How the shopper pays.
    pub method: PaymentMethod,
    /// The gateway of the attempt that counts.
    pub gateway: String,
    /// What is to be collected.
    pub amount: Money,
    /// Where it is; derived from the facts by [`super::PaymentRecord`].
    pub status: PaymentStatus,
    /// What was ever held on the shopper's account.
    pub authorized: Money,
    /// What was taken, at most what was authorised.
    pub captured: Money,
    /// What was given back, at most what was captured.
    pub refunded: Money,
    /// What the shopper's bank took back.
    pub charged_back: Money,
    /// What the shopper has to do next.
    pub action: Option<PaymentAction>,
    /// Why it failed.
    pub failure: Option<FailureCode>,
    /// Nobody wants the money: a newer payment took its place or the cart was refused. It is voided as soon as it
    /// turns out to be authorised.
    pub is_unwanted: bool,
    /// The key under which the caller may send the same request again, with the hash of that request.
    pub idempotency: Option<(String, Vec<u8>)>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What the shopper has to do before the payment is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentAction {
    /// Go to a page of the gateway, and come back from there.
    Redirect {
        /// The page.
        url: String,
    },
    /// Let the gateway's own code in the page or app do its part.
    Sdk {
        /// What that code needs; it belongs to this payment alone.
        client_secret: String,
    },
}

impl Payment {
    /// The currency of every amount.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.amount.currency
    }

    /// Whether it is the one payment of its cart that counts.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        !self.is_unwanted && !self.status.is_over()
    }

    /// Whether it is for exactly this total.
    #[must_use]
    pub fn covers(&self, total: Money) -> bool {
        self.amount == total
    }

    /// What is held and can still be taken.
    #[must_use]
    pub const fn held(&self) -> Money {
        match self.status {
            PaymentStatus::Captured | PaymentStatus::Voided | PaymentStatus::Failed => {
                Money::zero(self.amount.currency)
            }
            _ => less(self.authorized, self.captured),
        }
    }

    /// What was taken and not given or taken back.
    #[must_use]
    pub const fn kept(&self) -> Money {
        less(less(self.captured, self.refunded), self.charged_back)
    }
}

/// The difference of two amounts of one currency, never below zero.
const fn less(a: Money, b: Money) -> Money {
    let minor = a.minor.saturating_sub(b.minor);
    Money::new(if minor > 0 { minor } else { 0 }, a.currency)
}
