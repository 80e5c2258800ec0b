//! Filters and sort orders of customers.

use serde::{Deserialize, Serialize};

use super::Customer;
use crate::{Direction, Timestamp, ids::CustomerId};

/// A filter of customers; all conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct CustomerFilter {
    /// Customers whose email address, first name or last name starts with this text.
    pub query: Option<String>,
    /// Customers who have all of these tags.
    pub tags: Vec<String>,
    /// Slug of a group of the customers.
    pub group: Option<String>,
    /// Customers created at this time or later.
    pub created_after: Option<Timestamp>,
    /// Customers created before this time.
    pub created_before: Option<Timestamp>,
    /// Customers changed at this time or later.
    pub updated_after: Option<Timestamp>,
    /// Customers changed before this time.
    pub updated_before: Option<Timestamp>,
}

/// The sort key of a list of customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum CustomerSortKey {
    /// Time of creation.
    #[default]
    CreatedAt,
    /// Time of the last change.
    UpdatedAt,
}

/// The sort order of a list of customers; equal times are ordered by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CustomerSort {
    /// Sort key.
    pub key: CustomerSortKey,
    /// Order of the keys.
    pub direction: Direction,
}

impl Default for CustomerSort {
    fn default() -> Self {
        Self { key: CustomerSortKey::CreatedAt, direction: Direction::Descending }
    }
}

/// A position in a sorted list of customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerCursor {
    /// Sort key of the list.
    pub key: CustomerSortKey,
    /// Time of the customer.
    pub at: Timestamp,
    /// Id of the customer.
    pub id: CustomerId,
}

impl CustomerSortKey {
    /// The position of a customer.
    #[must_use]
    pub const fn cursor(self, customer: &Customer) -> CustomerCursor {
        let at = match self {
            Self::CreatedAt => customer.created_at,
            Self::UpdatedAt => customer.updated_at,
        };
        CustomerCursor { key: self, at, id: customer.id }
    }
}
