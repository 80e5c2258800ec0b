//! Why a cart was not paid, as user errors.

use model::{
    cart::CartStatus,
    payments::{FailureCode, Payment},
};
use schema_shared::user_errors;
use services::{ServiceError, payments::PaymentError};

user_errors! {
    /// Why a cart was not paid.
    PaymentUserError,
    /// What stopped a payment.
    PaymentErrorCode {
        /// There is no such cart, or the caller may not see it.
        NotFound,
        /// The cart became an order.
        CartCompleted,
        /// The cart went into another one.
        CartMerged,
        /// Something stops the cart's completion; see its `problems`.
        CartNotReady,
        /// The cart costs nothing; complete it without a payment.
        NothingToPay,
        /// No gateway takes a payment of this kind, or not the one asked for.
        GatewayNotAvailable,
        /// A card payment needs a token.
        TokenRequired,
        /// The address to come back to is not a web address.
        InvalidReturnUrl,
        /// The idempotency key is empty, longer than 255 characters, or has control characters.
        InvalidIdempotencyKey,
        /// The idempotency key was used with another input.
        IdempotencyKeyReused,
        /// The shopper's bank said no and gave no reason.
        Declined,
        /// The account does not hold enough.
        InsufficientFunds,
        /// The shopper did not prove who they are.
        AuthenticationFailed,
        /// The payment was cancelled before it was decided.
        Canceled,
        /// Every gateway was out of order; nothing was charged, and trying again later helps.
        GatewayUnavailable,
        /// The gateway refused the request, for example its token.
        Refused,
    }
}

/// A user error, or the failure that leaves as a top-level error.
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

/// What the shopper should hear of a payment that came to nothing.
pub(super) fn of_failure(payment: &Payment) -> Option<PaymentUserError> {
    let (code, message) = match payment.failure? {
        FailureCode::Declined => (PaymentErrorCode::Declined, "the bank declined the payment; try another card"),
        FailureCode::InsufficientFunds => {
            (PaymentErrorCode::InsufficientFunds, "the account does not hold enough; try another card")
        }
        FailureCode::AuthenticationFailed => {
            (PaymentErrorCode::AuthenticationFailed, "the bank could not tell that it is you; try again")
        }
        FailureCode::Canceled => (PaymentErrorCode::Canceled, "the payment was cancelled; try again"),
        FailureCode::GatewayUnavailable => {
            (PaymentErrorCode::GatewayUnavailable, "payments are not possible at the moment; nothing was charged")
        }
        FailureCode::Refused => (PaymentErrorCode::Refused, "the gateway refused the payment; try another card"),
    };
    payment.status.is_over().then(|| PaymentUserError::new(code, message))
}
