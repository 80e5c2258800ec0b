//! Why an operation on a payment is not begun.

use super::PaymentStatus;
use crate::Money;

/// Why an operation is not begun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperationRefused {
    /// The amount is zero, negative or in another currency.
    #[error("the amount must be positive and in the payment's currency")]
    Amount,
    /// More than can still be captured or refunded.
    #[error("at most {left} is left")]
    TooMuch {
        /// What is left.
        left: Money,
    },
    /// The payment is not in a state for it.
    #[error("a payment that is {0} does not allow this")]
    Status(PaymentStatus),
    /// Money is being taken: whether anything can be released is known only after that.
    #[error("a capture is under way; try again when it is known")]
    CaptureUnderWay,
    /// The gateway has refused what we ask for by ourselves too often.
    #[error("the gateway has refused this too often; look for the reason there")]
    RefusedRepeatedly,
    /// The key was used for something else.
    #[error("this idempotency key was used with another request")]
    KeyReused,
}
