//! Errors of creating payments, of operations on them, and of routing rules.

use model::{
    InvalidIdempotencyKey,
    cart::CartStatus,
    channels::ReturnOrigin,
    orders::{OrderChanged, OrderStatus},
    payments::{FailureCode, OperationRefused, ReceiptRefused},
    pricing::CartProblem,
};

use crate::{UseCaseError, error::RuleError, jobs::JobError};

/// A rule that keeps a payment from being created.
#[derive(Debug, thiserror::Error)]
pub enum PaymentRule {
    /// The cart does not exist, or the actor cannot access it.
    #[error("there is no such cart")]
    CartNotFound,
    /// The cart is completed or merged.
    #[error("the cart is {} and cannot be paid", match .0 { CartStatus::Active => "active", CartStatus::Completed => "completed", CartStatus::Merged => "merged into another" })]
    CartClosed(CartStatus),
    /// A problem prevents the completion of the cart; it must be solved before the payment.
    #[error("{}", .0.message)]
    CartNotReady(CartProblem),
    /// The total of the cart is zero.
    #[error("the cart costs nothing; complete it without a payment")]
    NothingToPay,
    /// No gateway, or not the requested one, supports the payment.
    #[error("no gateway supports this payment")]
    NoGateway,
    /// A card payment requires a token of the gateway.
    #[error("a card payment requires a token")]
    TokenMissing,
    /// Too many payments of the cart, the e-mail address or the network were declined.
    #[error(
        "too many payments were declined; try again in {retry_after_seconds} seconds, or choose another payment method"
    )]
    TooManyDeclined {
        /// Seconds until a card can be tried again.
        retry_after_seconds: i64,
    },
    /// The return URL is malformed.
    #[error(
        "the return URL must be absolute, with a host and without user name, password, blanks and control characters"
    )]
    ReturnUrl,
    /// The origin of the return URL is not allowed.
    #[error("shoppers may not return to {0}; add it to the return origins of the channel")]
    ReturnOrigin(ReturnOrigin),
    /// The idempotency key is malformed.
    #[error(transparent)]
    Key(#[from] InvalidIdempotencyKey),
}

/// A rule that keeps an operation on a payment from being executed.
#[derive(Debug, thiserror::Error)]
pub enum OperationRule {
    /// The payment or order does not exist, or the order has no payment.
    #[error("there is no such payment")]
    NotFound,
    /// The cart of the payment is not completed.
    #[error("the payment belongs to no order yet")]
    NotPlaced,
    /// The state of the payment does not allow it.
    #[error(transparent)]
    Refused(#[from] OperationRefused),
    /// The order is canceled or expired, so nothing more is captured for it.
    #[error("the order is {0}; nothing more can be captured")]
    OrderEnded(OrderStatus),
    /// The refund needs a more recent proof of password and code than the session has.
    #[error("prove your identity again with staffStepUp")]
    StepUpRequired,
    /// The idempotency key is malformed.
    #[error(transparent)]
    Key(#[from] InvalidIdempotencyKey),
    /// The order has another version than the caller expects.
    #[error(transparent)]
    Changed(#[from] OrderChanged),
    /// The gateway refused the operation.
    #[error("the gateway refused it: {0}")]
    Gateway(FailureCode),
    /// The gateway did not answer; a job repeats the recorded operation.
    #[error("the gateway did not answer ({0}); try again later")]
    Unavailable(String),
}

/// A rule that keeps the receipt of a bank transfer from being recorded.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptRule {
    /// The order does not exist.
    #[error("there is no such order")]
    NotFound,
    /// The order has no payment.
    #[error("the order has no payment")]
    NoPayment,
    /// The payment does not allow it.
    #[error(transparent)]
    Refused(#[from] ReceiptRefused),
    /// The text is no amount in the order's currency.
    #[error("not an amount in the currency of the order")]
    Amount,
    /// The reference is empty or too long.
    #[error("a reference has 1 to 200 characters")]
    Reference,
    /// The receipt needs a more recent proof of password and code than the session has.
    #[error("prove your identity again with staffStepUp")]
    StepUpRequired,
    /// The order has another version than the caller expects.
    #[error(transparent)]
    Changed(#[from] OrderChanged),
}

/// A rule that keeps a routing rule from being created or deleted.
#[derive(Debug, thiserror::Error)]
pub enum RoutingRefused {
    /// The name is empty.
    #[error("a rule requires a name")]
    NameMissing,
    /// Another rule has the name.
    #[error("another rule has this name")]
    NameTaken,
    /// A bound is not an amount, or the lower bound exceeds the upper one.
    #[error("the bounds must be amounts, the lower one first")]
    Bounds,
    /// The list of gateways is empty or contains one that is not configured.
    #[error("there is no gateway {0}")]
    UnknownGateway(String),
    /// The list of gateways contains one twice.
    #[error("the gateway {0} is listed twice; a payment tries each gateway once")]
    DuplicateGateway(String),
    /// The rule does not exist.
    #[error("there is no such rule")]
    NotFound,
}

impl RuleError for PaymentRule {}
impl RuleError for OperationRule {}
impl RuleError for ReceiptRule {}
impl RuleError for ReceiptRefused {}
impl RuleError for RoutingRefused {}
impl RuleError for OperationRefused {}
impl RuleError for InvalidIdempotencyKey {}

/// The payment was not created.
pub type PaymentError = UseCaseError<PaymentRule>;

/// The operation on a payment was not executed.
pub type OperationError = UseCaseError<OperationRule>;

/// The receipt was not recorded.
pub type ReceiptError = UseCaseError<ReceiptRule>;

/// The routing rule was not created or deleted.
pub type RoutingRuleError = UseCaseError<RoutingRefused>;

impl From<OperationError> for JobError {
    fn from(error: OperationError) -> Self {
        match error {
            OperationError::Rule(
                OperationRule::NotFound | OperationRule::Refused(OperationRefused::RefusedRepeatedly),
            ) => Self::Permanent(error.to_string()),
            OperationError::Failure(error) => error.into(),
            other => Self::Retry(other.to_string()),
        }
    }
}
