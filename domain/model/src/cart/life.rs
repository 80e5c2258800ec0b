//! How a cart begins, who may see it, and when it can be changed.

use std::collections::BTreeMap;

use chrono::{Days, NaiveTime};

use super::{Buyer, Cart, CartError, CartStatus};
use crate::{
    Currency, Locale, Timestamp,
    access::Actor,
    ids::{CartId, ChannelId, CustomerId, DeliveryGroupId, OrderId},
};

/// How long a cart is kept after its last write, in days.
const KEPT_DAYS: u64 = 30;

/// What a new cart starts from.
#[derive(Debug, Clone)]
pub struct NewCart {
    /// The place of sale.
    pub channel: ChannelId,
    /// The currency of every amount.
    pub currency: Currency,
    /// The language of names kept on the order.
    pub locale: Locale,
    /// The account it belongs to.
    pub customer: Option<CustomerId>,
    /// The secret that opens the order afterwards.
    pub token: String,
}

impl Cart {
    /// An empty cart under a new unguessable id.
    #[must_use]
    pub fn open(new: NewCart, now: Timestamp) -> Self {
        Self {
            id: CartId::random(),
            token: new.token,
            version: 1,
            status: CartStatus::Active,
            channel: new.channel,
            currency: new.currency,
            locale: new.locale,
            customer: new.customer,
            lines: Vec::new(),
            buyer: Buyer::default(),
            shipping_address: None,
            billing_address: None,
            delivery_group: DeliveryGroupId::new(),
            delivery_choices: BTreeMap::new(),
            discount_codes: Vec::new(),
            note: None,
            order: None,
            merged_into: None,
            created_at: now,
            updated_at: now,
            expires_at: expiry(now),
        }
    }

    /// Whether the actor may see it: a guest's cart opens to whoever has its id, a customer's to that customer alone.
    /// An active cart that has expired is gone for everybody.
    #[must_use]
    pub fn is_visible_to(&self, actor: &Actor, now: Timestamp) -> bool {
        let is_alive = self.status != CartStatus::Active || now < self.expires_at;
        let is_theirs = match (self.customer, actor) {
            (None, _) | (_, Actor::System) => true,
            (Some(owner), Actor::Customer(customer)) => owner == *customer,
            (Some(_), Actor::Anonymous | Actor::Staff { .. } | Actor::Token { .. }) => false,
        };
        is_alive && is_theirs
    }

    /// A guest's cart becomes that of the customer who uses it.
    pub fn claim(&mut self, actor: &Actor) {
        if self.customer.is_none() {
            self.customer = actor.customer();
        }
    }

    /// Passes when the cart can be changed.
    ///
    /// # Errors
    /// [`CartError::Completed`] or [`CartError::Merged`].
    pub const fn require_active(&self) -> Result<(), CartError> {
        match self.status {
            CartStatus::Active => Ok(()),
            CartStatus::Completed => Err(CartError::Completed),
            CartStatus::Merged => Err(CartError::Merged),
        }
    }

    /// Passes when the cart is as the caller last saw it, or the caller does not mind.
    ///
    /// # Errors
    /// [`CartError::VersionConflict`].
    pub fn require_version(&self, expected: Option<i32>) -> Result<(), CartError> {
        match expected {
            Some(expected) if expected != self.version => Err(CartError::VersionConflict { current: self.version }),
            _ => Ok(()),
        }
    }

    /// Counts a write and moves the expiry on.
    pub fn touch(&mut self, now: Timestamp) {
        self.version += 1;
        self.updated_at = now;
        self.expires_at = expiry(now);
    }

    /// Becomes an order.
    ///
    /// # Errors
    /// The cart is no longer active.
    pub fn complete(&mut self, order: OrderId, now: Timestamp) -> Result<(), CartError> {
        self.require_active()?;
        self.status = CartStatus::Completed;
        self.order = Some(order);
        self.touch(now);
        Ok(())
    }
}

/// Midnight after the days it is kept: the same for all writes of a day, so that most of them leave the index on
/// the expiry alone.
fn expiry(now: Timestamp) -> Timestamp {
    let day = now.date_naive().checked_add_days(Days::new(KEPT_DAYS + 1)).unwrap_or(now.date_naive());
    day.and_time(NaiveTime::MIN).and_utc()
}
