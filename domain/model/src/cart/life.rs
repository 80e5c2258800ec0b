//! Creation, visibility, versions and completion of a cart.

use std::collections::BTreeMap;

use chrono::{Days, NaiveTime};

use super::{Buyer, Cart, CartError, CartStatus};
use crate::{
    Currency, Locale, Timestamp,
    access::Actor,
    ids::{CartId, ChannelId, CustomerId, DeliveryGroupId, OrderId},
    settings::CartLifetime,
};

/// The initial values of a cart.
#[derive(Debug, Clone)]
pub struct NewCart {
    /// Channel of the cart.
    pub channel: ChannelId,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Locale of the names that the order stores.
    pub locale: Locale,
    /// Customer the cart belongs to; None for a guest.
    pub customer: Option<CustomerId>,
    /// Secret that grants a guest access to the later order.
    pub token: String,
}

impl Cart {
    /// Creates an empty cart with an unguessable id and the default lifetime.
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
            expires_at: expiry(CartLifetime::default(), now),
        }
    }

    /// True if the actor may see the cart: anyone who knows the id of a guest's cart, but only the owner of a
    /// customer's cart. An active cart that has expired is visible to nobody.
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

    /// Assigns a guest's cart to the acting customer.
    pub fn assign_to(&mut self, actor: &Actor) {
        if self.customer.is_none() {
            self.customer = actor.customer();
        }
    }

    /// Checks that the cart can be changed.
    ///
    /// # Errors
    /// [`CartError::Completed`] or [`CartError::Merged`] if it cannot.
    pub const fn require_active(&self) -> Result<(), CartError> {
        match self.status {
            CartStatus::Active => Ok(()),
            CartStatus::Completed => Err(CartError::Completed),
            CartStatus::Merged => Err(CartError::Merged),
        }
    }

    /// Checks that the cart has the expected version; None accepts any version.
    ///
    /// # Errors
    /// [`CartError::VersionConflict`] if the version differs.
    pub fn require_version(&self, expected: Option<i32>) -> Result<(), CartError> {
        match expected {
            Some(expected) if expected != self.version => Err(CartError::VersionConflict { current: self.version }),
            _ => Ok(()),
        }
    }

    /// Counts a write of the cart.
    pub const fn touch(&mut self, now: Timestamp) {
        self.version += 1;
        self.updated_at = now;
    }

    /// Keeps the cart for its lifetime from now on.
    pub fn extend(&mut self, lifetime: CartLifetime, now: Timestamp) {
        self.expires_at = expiry(lifetime, now);
    }

    /// Marks the cart as completed by an order.
    ///
    /// # Errors
    /// [`CartError`] if the cart is no longer active.
    pub fn complete(&mut self, order: OrderId, now: Timestamp) -> Result<(), CartError> {
        self.require_active()?;
        self.status = CartStatus::Completed;
        self.order = Some(order);
        self.touch(now);
        Ok(())
    }
}

/// Midnight after the lifetime of a cart. All writes of a day get the same expiry, so that most of them do not
/// change the index on it. The fallback applies only beyond the range of dates.
fn expiry(lifetime: CartLifetime, now: Timestamp) -> Timestamp {
    let days = Days::new(u64::from(lifetime.days()) + 1);
    let day = now.date_naive().checked_add_days(days).unwrap_or(now.date_naive());
    day.and_time(NaiveTime::MIN).and_utc()
}
