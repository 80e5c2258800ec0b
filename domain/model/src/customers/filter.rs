//! Filters of customers.

use crate::Timestamp;

/// A filter of customers; all conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct CustomerFilter {
    /// Customers whose email address or last name starts with this text.
    pub query: Option<String>,
    /// Customers created at this time or later.
    pub created_after: Option<Timestamp>,
    /// Customers created before this time.
    pub created_before: Option<Timestamp>,
}
