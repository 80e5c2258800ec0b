//! Conditions and order of lists of carts.

use async_graphql::{Enum, ID, InputObject, Result};
use chrono::{DateTime, Utc};
use schema_shared::{Decimal, SortDirection, parse_id};
use services::cart;

/// Conditions for a list of carts; all given conditions must be met.
#[derive(Default, InputObject)]
pub struct CartFilter {
    /// Global id of the customer of the carts.
    customer: Option<ID>,
    /// Email address of the buyer, as entered in the cart. Upper and lower case are equal.
    email: Option<String>,
    /// Slug of the channel of the carts. An unknown channel has no carts.
    channel: Option<String>,
    /// Carts changed at this time or later.
    updated_after: Option<DateTime<Utc>>,
    /// Carts changed before this time, such as abandoned ones.
    updated_before: Option<DateTime<Utc>>,
    /// Smallest subtotal in the currency of each cart, such as `"50.00"`: the lines at the prices at which they were added,
    /// before discounts.
    minimum_subtotal: Option<Decimal>,
    /// True for carts whose buyer has given an email address, false for the others.
    has_email: Option<bool>,
}

impl CartFilter {
    /// The filter of the use case.
    ///
    /// # Errors
    /// An error of the input if the id is no customer.
    pub(super) fn read(self) -> Result<cart::CartFilter> {
        Ok(cart::CartFilter {
            customer: self.customer.map(|id| parse_id(&id)).transpose()?,
            email: self.email,
            channel: self.channel,
            updated_after: self.updated_after,
            updated_before: self.updated_before,
            minimum_subtotal: self.minimum_subtotal.map(|decimal| decimal.0.into_owned()),
            has_email: self.has_email,
        })
    }
}

/// Properties that carts can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum CartSortKey {
    /// Time of the last change.
    UpdatedAt,
}

/// Order of a list of carts. Carts with equal times have a stable order.
#[derive(InputObject)]
pub struct CartSort {
    /// Property to sort by.
    #[graphql(default_with = "CartSortKey::UpdatedAt")]
    key: CartSortKey,
    /// Direction of the order.
    #[graphql(default)]
    direction: SortDirection,
}

impl From<CartSort> for model::Direction {
    fn from(sort: CartSort) -> Self {
        match sort.key {
            CartSortKey::UpdatedAt => sort.direction.into(),
        }
    }
}
