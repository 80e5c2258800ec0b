//! Errors of payment operations.

use super::PaymentStatus;
use crate::Money;

/// The reason why an operation cannot begin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperationRefused {
    /// The amount is not positive or in another currency.
    #[error("the amount must be positive and in the payment's currency")]
    Amount,
    /// The amount exceeds what can be captured or refunded.
    #[error("at most {left} is left")]
    TooMuch {
        /// Remaining amount.
        left: Money,
    },
    /// The status of the payment does not allow the operation.
    #[error("a payment that is {0} does not allow this")]
    Status(PaymentStatus),
    /// A capture is pending; a void is possible only after it is decided.
    #[error("a capture is under way; try again when it is known")]
    CaptureUnderWay,
    /// The gateway refused the automatic operation too often.
    #[error("the gateway has refused this too often; look for the reason there")]
    RefusedRepeatedly,
    /// The key was used for another operation.
    #[error("this idempotency key was used with another request")]
    KeyReused,
}
