//! The parts of payments that both APIs show.

use async_graphql::Object;
use chrono::{DateTime, Utc};
use model::payments;

use crate::Money;

/// Fields of a payment in both APIs.
pub struct PaymentFields<'a>(pub &'a payments::Payment);

/// Fields of a payment in both APIs.
#[Object]
impl PaymentFields<'_> {
    /// Status of the payment.
    fn status(&self) -> payments::PaymentStatus {
        self.0.status
    }

    /// Amount to collect.
    fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// Payment method of the shopper.
    fn method(&self) -> payments::PaymentMethod {
        self.0.method
    }

    /// Gateway of the current attempt.
    fn gateway(&self) -> &str {
        &self.0.gateway
    }

    /// Reason for the failure; null unless the payment failed.
    fn failure(&self) -> Option<payments::FailureCode> {
        self.0.failure
    }

    /// Time at which the payment was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}
