//! User errors of payment and routing mutations.

use model::payments::OperationRefused;
use schema_shared::{FromRule, user_errors};
use services::payments::{OperationRule, RoutingRefused};

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
        /// The refund needs a more recent proof of identity: call `staffStepUp` first.
        StepUpRequired,
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

impl FromRule<OperationRule> for PaymentUserError {
    fn from_rule(rule: OperationRule) -> Result<Vec<Self>, OperationRule> {
        use PaymentErrorCode as Code;
        let message = rule.to_string();
        let (code, path) = match rule {
            OperationRule::NotFound => (Code::NotFound, None),
            OperationRule::NotPlaced => (Code::NotPlaced, None),
            OperationRule::Refused(OperationRefused::Amount) => (Code::InvalidAmount, Some("amount")),
            OperationRule::Refused(OperationRefused::TooMuch { .. }) => (Code::AmountTooHigh, Some("amount")),
            OperationRule::Refused(OperationRefused::Status(_) | OperationRefused::CaptureInProgress)
            | OperationRule::OrderEnded(_) => (Code::InvalidStatus, None),
            OperationRule::Refused(OperationRefused::RefusedRepeatedly) | OperationRule::Gateway(_) => {
                (Code::GatewayRefused, None)
            }
            OperationRule::Unavailable(_) => (Code::GatewayUnavailable, None),
            OperationRule::Refused(OperationRefused::KeyReused) => (Code::IdempotencyKeyReused, Some("idempotencyKey")),
            OperationRule::StepUpRequired => (Code::StepUpRequired, None),
            OperationRule::Key(_) => (Code::InvalidIdempotencyKey, Some("idempotencyKey")),
            OperationRule::Changed(_) => (Code::VersionConflict, Some("expectedVersion")),
        };
        Ok(vec![match path {
            Some(path) => Self::at(code, message, path),
            None => Self::new(code, message),
        }])
    }

    fn from_reused_key(message: String) -> Option<Self> {
        Some(Self::at(PaymentErrorCode::IdempotencyKeyReused, message, "idempotencyKey"))
    }
}

impl FromRule<RoutingRefused> for PaymentRoutingRuleUserError {
    fn from_rule(rule: RoutingRefused) -> Result<Vec<Self>, RoutingRefused> {
        use PaymentRoutingRuleErrorCode as Code;
        let (code, path) = match rule {
            RoutingRefused::NameMissing => (Code::NameRequired, "name"),
            RoutingRefused::NameTaken => (Code::NameTaken, "name"),
            RoutingRefused::Bounds => (Code::InvalidBounds, "when"),
            RoutingRefused::UnknownGateway(_) => (Code::UnknownGateway, "gateways"),
            RoutingRefused::DuplicateGateway(_) => (Code::DuplicateGateway, "gateways"),
            RoutingRefused::NotFound => (Code::NotFound, "id"),
        };
        Ok(vec![Self::at(code, rule, path)])
    }
}
