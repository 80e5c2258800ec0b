//! User errors of payment mutations.

use model::{
    cart::CartStatus,
    payments::{FailureCode, Payment, PaymentStatus},
};
use schema_shared::{FromRule, user_errors};
use services::payments::PaymentRule;

user_errors! {
    /// A user error of `cartPaymentCreate`.
    PaymentUserError,
    /// The error codes of `cartPaymentCreate`.
    PaymentErrorCode {
        /// The cart does not exist, or the caller cannot access it.
        NotFound,
        /// The cart is completed: it became an order.
        CartCompleted,
        /// The cart was merged into another cart.
        CartMerged,
        /// A problem prevents the completion of the cart; see its `problems`.
        CartNotReady,
        /// The total of the cart is zero; complete it without a payment.
        NothingToPay,
        /// No gateway accepts this payment, or the requested gateway does not.
        GatewayNotAvailable,
        /// A card payment requires a token.
        TokenRequired,
        /// Too many payments of the cart, the email address or this network were declined, or too many are in progress. No
        /// gateway was called. The message tells the seconds to wait.
        Throttled,
        /// The return URL is malformed, or its origin is not among the channel's return origins.
        InvalidReturnUrl,
        /// The idempotency key is empty, longer than 255 characters, or contains control characters.
        InvalidIdempotencyKey,
        /// The idempotency key was used with another input.
        IdempotencyKeyReused,
        /// The shopper's bank declined the payment without a reason.
        Declined,
        /// The account has insufficient funds.
        InsufficientFunds,
        /// Less than the total is available on the card; what was authorized is voided.
        PartiallyAuthorized,
        /// The shopper failed to authenticate.
        AuthenticationFailed,
        /// The payment was canceled before its outcome.
        Canceled,
        /// No gateway is available; nothing was charged. The request can be repeated later.
        GatewayUnavailable,
        /// The gateway refused the request, for example because of its token.
        Refused,
    }
}

impl FromRule<PaymentRule> for PaymentUserError {
    fn from_rule(rule: PaymentRule) -> Result<Vec<Self>, PaymentRule> {
        use PaymentErrorCode as Code;
        let (code, path) = match &rule {
            PaymentRule::CartNotFound => (Code::NotFound, Some("cartId")),
            PaymentRule::CartClosed(CartStatus::Merged) => (Code::CartMerged, Some("cartId")),
            PaymentRule::CartClosed(_) => (Code::CartCompleted, Some("cartId")),
            PaymentRule::CartNotReady(_) => (Code::CartNotReady, Some("cartId")),
            PaymentRule::NothingToPay => (Code::NothingToPay, Some("cartId")),
            PaymentRule::NoGateway => (Code::GatewayNotAvailable, None),
            PaymentRule::TokenMissing => (Code::TokenRequired, Some("token")),
            PaymentRule::TooManyDeclined { .. } => (Code::Throttled, None),
            PaymentRule::ReturnUrl | PaymentRule::ReturnOrigin(_) => (Code::InvalidReturnUrl, Some("returnUrl")),
            PaymentRule::Key(_) => (Code::InvalidIdempotencyKey, Some("idempotencyKey")),
        };
        Ok(vec![match path {
            Some(path) => Self::at(code, rule, path),
            None => Self::new(code, rule),
        }])
    }

    fn from_reused_key(message: String) -> Option<Self> {
        Some(Self::at(PaymentErrorCode::IdempotencyKeyReused, message, "idempotencyKey"))
    }
}

/// The user error of a payment that failed or does not pay for the cart.
pub(super) fn of_failure(payment: &Payment) -> Option<PaymentUserError> {
    if payment.status == PaymentStatus::PartiallyAuthorized {
        let message = "the card covers only a part of the total; the authorization is voided, pay with another card";
        return Some(PaymentUserError::new(PaymentErrorCode::PartiallyAuthorized, message));
    }
    let (code, message) = match payment.failure? {
        FailureCode::Declined => (PaymentErrorCode::Declined, "the bank declined the payment; try another card"),
        FailureCode::InsufficientFunds => {
            (PaymentErrorCode::InsufficientFunds, "the account has insufficient funds; try another card")
        }
        FailureCode::AuthenticationFailed => {
            (PaymentErrorCode::AuthenticationFailed, "the authentication with the bank failed; try again")
        }
        FailureCode::Canceled => (PaymentErrorCode::Canceled, "the payment was canceled; try again"),
        FailureCode::GatewayUnavailable => {
            (PaymentErrorCode::GatewayUnavailable, "payments are not possible at the moment; nothing was charged")
        }
        FailureCode::Refused => (PaymentErrorCode::Refused, "the gateway refused the payment; try another card"),
    };
    payment.status.is_over().then(|| PaymentUserError::new(code, message))
}
