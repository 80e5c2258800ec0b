//! User errors of payment and routing mutations.

use model::payments::OperationRefused;
use schema_shared::user_errors;
use services::{
    ServiceError,
    payments::{OperationError, RoutingRuleError},
};

user_errors! {
    /// A user error of a payment mutation.
    PaymentUserError,
    /// The error codes of payment mutations.
    PaymentErrorCode {
        /// The payment or order does not exist, or the order has no payment.
        NotFound,
        /// The cart of the payment is not an order yet.
        NotPlaced,
        /// The amount is not a positive amount in the currency of the payment.
        InvalidAmount,
        /// The amount exceeds what can be captured or refunded.
        AmountTooHigh,
        /// The status of the payment does not permit the operation.
        InvalidStatus,
        /// The idempotency key is empty, longer than 255 characters, or contains control characters.
        InvalidIdempotencyKey,
        /// The idempotency key was used with another input.
        IdempotencyKeyReused,
        /// The order has changed since the expected version.
        VersionConflict,
        /// The gateway refused the operation.
        GatewayRefused,
        /// The gateway does not respond. The same request can be repeated later.
        GatewayUnavailable,
    }
}

user_errors! {
    /// A user error of a routing rule mutation.
    PaymentRoutingRuleUserError,
    /// The error codes of routing rule mutations.
    PaymentRoutingRuleErrorCode {
        /// The name is empty.
        NameRequired,
        /// Another rule has the name.
        NameTaken,
        /// A bound is not an amount, or the minimum exceeds the maximum.
        InvalidBounds,
        /// No gateway is given, or one is not configured.
        UnknownGateway,
        /// A gateway is listed twice.
        DuplicateGateway,
        /// The routing rule does not exist.
        NotFound,
    }
}

/// The user error, or the failure that becomes a top-level error.
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

/// The user error, or the failure that becomes a top-level error.
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
