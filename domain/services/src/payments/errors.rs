//! Why a payment or an operation on it is not made.

use model::{
    InvalidIdempotencyKey,
    cart::CartStatus,
    orders::{OrderMoved, OrderStatus},
    payments::{FailureCode, OperationRefused},
    pricing::CartProblem,
};

use crate::{ServiceError, idempotency::KeyError, jobs::JobError};

/// Why a payment is not made.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// There is no such cart, or it is somebody else's.
    #[error("there is no such cart")]
    CartNotFound,
    /// The cart can no longer be paid.
    #[error("the cart is {} and cannot be paid", match .0 { CartStatus::Active => "active", CartStatus::Completed => "completed", CartStatus::Merged => "merged into another" })]
    CartClosed(CartStatus),
    /// Something stops the cart's completion; it comes before the payment.
    #[error("{}", .0.message)]
    CartNotReady(CartProblem),
    /// The cart costs nothing.
    #[error("the cart costs nothing; complete it without a payment")]
    NothingToPay,
    /// No gateway takes a payment of this kind, or not the one asked for.
    #[error("no gateway takes this payment")]
    NoGateway,
    /// A card needs a token of the gateway.
    #[error("a card payment needs a token")]
    TokenMissing,
    /// The address to come back to is not a web address.
    #[error("the return address has to start with https:// or http://")]
    ReturnUrl,
    /// The text cannot be an idempotency key.
    #[error(transparent)]
    Key(#[from] InvalidIdempotencyKey),
    /// The key was used for another request.
    #[error("this idempotency key was used with another request")]
    KeyReused,
    /// Anything else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// Why an operation on a payment is not made.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// There is no such payment or order, or the order has no payment.
    #[error("there is no such payment")]
    NotFound,
    /// The payment's cart has not become an order.
    #[error("the payment belongs to no order yet")]
    NotPlaced,
    /// The rules of the payment refuse it.
    #[error(transparent)]
    Refused(#[from] OperationRefused),
    /// The order came to nothing, and no more money is taken for it.
    #[error("the order is {0}; no more is taken for it")]
    OrderOver(OrderStatus),
    /// The text cannot be an idempotency key.
    #[error(transparent)]
    Key(#[from] InvalidIdempotencyKey),
    /// The order has changed since the caller saw it.
    #[error(transparent)]
    Moved(#[from] OrderMoved),
    /// The gateway refused it.
    #[error("the gateway refused it: {0}")]
    Gateway(FailureCode),
    /// The gateway does not answer; what was begun goes on by itself.
    #[error("the gateway does not answer ({0}); try again later")]
    Unavailable(String),
    /// Anything else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// Why a routing rule is not made.
#[derive(Debug, thiserror::Error)]
pub enum RoutingRuleError {
    /// The name is empty.
    #[error("a rule needs a name")]
    NameMissing,
    /// Another rule has the name.
    #[error("another rule has this name")]
    NameTaken,
    /// A bound is no amount, or they are crossed.
    #[error("the bounds have to be amounts, the lesser first")]
    Bounds,
    /// No gateways, or one that is not configured.
    #[error("there is no gateway {0}")]
    UnknownGateway(String),
    /// A gateway is named twice.
    #[error("the gateway {0} is named twice; a payment tries each gateway once")]
    DuplicateGateway(String),
    /// There is no such rule.
    #[error("there is no such rule")]
    NotFound,
    /// Anything else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<KeyError> for PaymentError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Reused => Self::KeyReused,
            KeyError::Failure(error) => Self::Service(error),
        }
    }
}

impl From<KeyError> for OperationError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Reused => Self::Refused(OperationRefused::KeyReused),
            KeyError::Failure(error) => Self::Service(error),
        }
    }
}

impl From<OperationError> for JobError {
    fn from(error: OperationError) -> Self {
        match error {
            OperationError::NotFound | OperationError::Refused(OperationRefused::RefusedRepeatedly) => {
                Self::Permanent(error.to_string())
            }
            other => Self::Retry(other.to_string()),
        }
    }
}

macro_rules! from_stores {
    ($($error:ident),*) => {$(
        impl From<persistence::StoreError> for $error {
            fn from(error: persistence::StoreError) -> Self {
                Self::Service(error.into())
            }
        }
        impl From<persistence::db::TransactionError> for $error {
            fn from(error: persistence::db::TransactionError) -> Self {
                Self::Service(error.into())
            }
        }
        impl From<model::access::AccessError> for $error {
            fn from(error: model::access::AccessError) -> Self {
                Self::Service(error.into())
            }
        }
    )*};
}

from_stores!(PaymentError, OperationError, RoutingRuleError);
