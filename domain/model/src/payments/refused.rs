//! Reasons to refuse an operation on a payment.

use super::PaymentStatus;
use crate::Money;

/// An operation on a payment was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperationRefused {
    /// The amount is zero, negative or in another currency.
    #[error("the amount must be positive and in the payment's currency")]
    Amount,
    /// The amount exceeds what can still be captured or refunded.
    #[error("at most {left} is left")]
    TooMuch {
        /// The amount that is left.
        left: Money,
    },
    /// The payment's status does not allow the operation.
    #[error("a payment that is {0} does not allow this")]
    Status(PaymentStatus),
    /// A capture is in progress, so that it is not known yet whether anything can be voided.
    #[error("a capture is in progress; try again when it has ended")]
    CaptureInProgress,
    /// The gateway has refused an automatic operation too often.
    #[error("the gateway has refused this too often; find the reason at the gateway")]
    RefusedRepeatedly,
    /// The idempotency key was used with another request.
    #[error("this idempotency key was used with another request")]
    KeyReused,
}
