//! Why money was not moved, and why a rule was not made, as user errors.

use model::payments::OperationRefused;
use schema_shared::user_errors;
use services::{
    ServiceError,
    payments::{OperationError, RoutingRuleError},
};

user_errors! {
    /// Why money was not moved.
    PaymentUserError,
    /// What stopped an operation on a payment.
    PaymentErrorCode {
        /// There is no such payment or order, or the order has no payment.
        NotFound,
        /// The payment's cart has not become an order.
        NotPlaced,
        /// The amount is not a positive one of the payment's currency.
        InvalidAmount,
        /// More than is left to capture or to refund.
        AmountTooHigh,
        /// The payment is not in a state for it.
        InvalidStatus,
        /// The idempotency key is empty, longer than 255 characters, or has control characters.
        InvalidIdempotencyKey,
        /// The idempotency key was used with another input.
        IdempotencyKeyReused,
        /// The order has changed since the expected version.
        VersionConflict,
        /// The gateway refused it.
        GatewayRefused,
        /// The gateway does not answer now. The same request can be sent again later.
        GatewayUnavailable,
    }
}

user_errors! {
    /// Why a routing rule was not made.
    PaymentRoutingRuleUserError,
    /// What stopped a change of routing rules.
    PaymentRoutingRuleErrorCode {
        /// The name is empty.
        NameRequired,
        /// Another rule has the name.
        NameTaken,
        /// A bound is no amount, or the bounds are crossed.
        InvalidBounds,
        /// No gateway was named, or one that is not configured.
        UnknownGateway,
        /// A gateway was named twice.
        DuplicateGateway,
        /// There is no such rule.
        NotFound,
    }
}

/// A user error, or the failure that leaves as a top-level error.
pub(super) fn split(error: OperationError) -> Result<PaymentUserError, ServiceError> {
    let message = error.to_string();
    let (code, path) = match error {
        OperationError::NotFound => (PaymentErrorCode::NotFound, None),
        OperationError::NotPlaced => (PaymentErrorCode::NotPlaced, None),
        OperationError::Refused(OperationRefused::Amount) => (PaymentErrorCode::InvalidAmount, Some("amount")),
        OperationError::Refused(OperationRefused::TooMuch { .. }) => (PaymentErrorCode::AmountTooHigh, Some("amount")),
        OperationError::Refused(OperationRefused::Status(_) | OperationRefused::CaptureUnderWay)
        | OperationError::OrderOver(_) => (PaymentErrorCode::InvalidStatus, None),
        OperationError::Refused(OperationRefused::RefusedRepeatedly) | OperationError::Gateway(_) => {
            (PaymentErrorCode::GatewayRefused, None)
        }
        OperationError::Unavailable(_) => (PaymentErrorCode::GatewayUnavailable, None),
        OperationError::Refused(OperationRefused::KeyReused) => {
            (PaymentErrorCode::IdempotencyKeyReused, Some("idempotencyKey"))
        }
        OperationError::Key(_) => (PaymentErrorCode::InvalidIdempotencyKey, Some("idempotencyKey")),
        OperationError::Moved(_) => (PaymentErrorCode::VersionConflict, Some("expectedVersion")),
        OperationError::Service(failure) => return Err(failure),
    };
    Ok(match path {
        Some(path) => PaymentUserError::at(code, message, path),
        None => PaymentUserError::new(code, message),
    })
}

/// A user error, or the failure that leaves as a top-level error.
pub(super) fn split_rule(error: RoutingRuleError) -> Result<PaymentRoutingRuleUserError, ServiceError> {
    let message = error.to_string();
    let (code, path) = match error {
        RoutingRuleError::NameMissing => (PaymentRoutingRuleErrorCode::NameRequired, "name"),
        RoutingRuleError::NameTaken => (PaymentRoutingRuleErrorCode::NameTaken, "name"),
        RoutingRuleError::Bounds => (PaymentRoutingRuleErrorCode::InvalidBounds, "when"),
        RoutingRuleError::UnknownGateway(_) => (PaymentRoutingRuleErrorCode::UnknownGateway, "gateways"),
        RoutingRuleError::DuplicateGateway(_) => (PaymentRoutingRuleErrorCode::DuplicateGateway, "gateways"),
        RoutingRuleError::NotFound => (PaymentRoutingRuleErrorCode::NotFound, "id"),
        RoutingRuleError::Service(failure) => return Err(failure),
    };
    Ok(PaymentRoutingRuleUserError::at(code, message, path))
}
