//! Filters of orders.

use super::OrderStatus;
use crate::{Timestamp, ids::CustomerId, payments::PaymentMethod};

/// A filter of orders; all conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct OrderFilter {
    /// Orders in one of these states; empty for all states.
    pub status: Vec<OrderStatus>,
    /// Orders with a payment by this method.
    pub payment_method: Option<PaymentMethod>,
    /// Orders placed at this time or later.
    pub created_after: Option<Timestamp>,
    /// Orders placed before this time.
    pub created_before: Option<Timestamp>,
    /// Orders with this number, or with an email address that starts with this text.
    pub query: Option<String>,
    /// Orders of this customer.
    pub customer: Option<CustomerId>,
}
