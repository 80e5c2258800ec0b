//! User errors of payment mutations.

use model::{
    cart::CartStatus,
    payments::{FailureCode, Payment},
};
use schema_shared::user_errors;
use services::{ServiceError, payments::PaymentError};

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
        /// The return URL is not an `http` or `https` URL.
        InvalidReturnUrl,
        /// The idempotency key is empty, longer than 255 characters, or contains control characters.
        InvalidIdempotencyKey,
        /// The idempotency key was used with another input.
        IdempotencyKeyReused,
        /// The shopper's bank declined the payment without a reason.
        Declined,
        /// The account has insufficient funds.
        InsufficientFunds,
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

/// The user error, or the failure that becomes a top-level error.
pub(super) fn split(error: PaymentError) -> Result<PaymentUserError, ServiceError> {
    let message = error.to_string();
    let (code, path) = match error {
        PaymentError::CartNotFound => (PaymentErrorCode::NotFound, Some("cartId")),
        PaymentError::CartClosed(CartStatus::Merged) => (PaymentErrorCode::CartMerged, Some("cartId")),
        PaymentError::CartClosed(_) => (PaymentErrorCode::CartCompleted, Some("cartId")),
        PaymentError::CartNotReady(_) => (PaymentErrorCode::CartNotReady, Some("cartId")),
        PaymentError::NothingToPay => (PaymentErrorCode::NothingToPay, Some("cartId")),
        PaymentError::NoGateway => (PaymentErrorCode::GatewayNotAvailable, None),
        PaymentError::TokenMissing => (PaymentErrorCode::TokenRequired, Some("token")),
        PaymentError::ReturnUrl => (PaymentErrorCode::InvalidReturnUrl, Some("returnUrl")),
        PaymentError::Key(_) => (PaymentErrorCode::InvalidIdempotencyKey, Some("idempotencyKey")),
        PaymentError::KeyReused => (PaymentErrorCode::IdempotencyKeyReused, Some("idempotencyKey")),
        PaymentError::Service(failure) => return Err(failure),
    };
    Ok(match path {
        Some(path) => PaymentUserError::at(code, message, path),
        None => PaymentUserError::new(code, message),
    })
}

/// The user error of a failed payment.
pub(super) fn of_failure(payment: &Payment) -> Option<PaymentUserError> {
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
