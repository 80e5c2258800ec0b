//! Why a cart was not changed, as user errors.

use async_graphql::Result;
use model::cart::{CartError, Refusal, Refusals};
use schema_shared::user_errors;
use services::cart::CartChangeError;

user_errors! {
    /// Why a cart was not changed.
    CartUserError,
    /// What stopped a change of a cart.
    CartErrorCode {
        /// There is no such cart, or the caller may not see it.
        NotFound,
        /// The cart became an order.
        CartCompleted,
        /// The cart went into another one.
        CartMerged,
        /// The cart has changed since the expected version.
        VersionConflict,
        /// The quantity is not within its bounds.
        InvalidQuantity,
        /// The cart is full, or more lines are named than a cart can have.
        TooManyLines,
        /// The variant does not exist or is not sold here.
        VariantNotFound,
        /// The cart has no such line.
        LineNotFound,
        /// Too many attributes of a line, one twice, or one that is empty or too long, alone or together.
        InvalidAttributes,
        /// Not an e-mail address.
        InvalidEmail,
        /// Not a telephone number.
        InvalidPhone,
        /// A part of an address is missing or too long, or its country has no such region.
        InvalidAddress,
        /// The cart has no such delivery group.
        DeliveryGroupNotFound,
        /// The way to deliver is not offered to the cart's destination.
        DeliveryOptionNotFound,
        /// Too many discount codes.
        TooManyCodes,
        /// The text cannot be a discount code.
        InvalidCode,
        /// The note is too long.
        NoteTooLong,
        /// The carts are one, or of different channels or currencies.
        CannotMerge,
        /// The idempotency key is empty, longer than 255 characters, or has control characters; or it has fewer than
        /// 16 characters where nobody is logged in and it opens a cart.
        InvalidIdempotencyKey,
        /// The idempotency key was used with another input.
        IdempotencyKeyReused,
    }
}

const fn code(error: &CartError) -> CartErrorCode {
    match error {
        CartError::NotFound => CartErrorCode::NotFound,
        CartError::Completed => CartErrorCode::CartCompleted,
        CartError::Merged => CartErrorCode::CartMerged,
        CartError::VersionConflict { .. } => CartErrorCode::VersionConflict,
        CartError::InvalidQuantity => CartErrorCode::InvalidQuantity,
        CartError::TooManyLines => CartErrorCode::TooManyLines,
        CartError::VariantNotFound => CartErrorCode::VariantNotFound,
        CartError::LineNotFound => CartErrorCode::LineNotFound,
        CartError::InvalidAttributes => CartErrorCode::InvalidAttributes,
        CartError::InvalidEmail => CartErrorCode::InvalidEmail,
        CartError::InvalidPhone => CartErrorCode::InvalidPhone,
        CartError::InvalidAddress => CartErrorCode::InvalidAddress,
        CartError::DeliveryGroupNotFound => CartErrorCode::DeliveryGroupNotFound,
        CartError::DeliveryOptionNotFound => CartErrorCode::DeliveryOptionNotFound,
        CartError::TooManyCodes => CartErrorCode::TooManyCodes,
        CartError::InvalidCode => CartErrorCode::InvalidCode,
        CartError::NoteTooLong => CartErrorCode::NoteTooLong,
        CartError::CannotMerge => CartErrorCode::CannotMerge,
        CartError::InvalidIdempotencyKey(_) | CartError::GuessableIdempotencyKey => {
            CartErrorCode::InvalidIdempotencyKey
        }
        CartError::IdempotencyKeyReused => CartErrorCode::IdempotencyKeyReused,
    }
}

impl From<Refusal> for CartUserError {
    fn from(refusal: Refusal) -> Self {
        let field = (!refusal.field.is_empty()).then_some(refusal.field);
        Self { code: code(&refusal.error), message: refusal.error.to_string(), field }
    }
}

/// The cart, or the refusals that become user errors; anything else leaves as a top-level error.
pub(super) fn split<T>(outcome: Result<T, CartChangeError>) -> Result<Result<T, Refusals>> {
    match outcome {
        Ok(done) => Ok(Ok(done)),
        Err(CartChangeError::Refused(refusals)) => Ok(Err(refusals)),
        Err(CartChangeError::Service(error)) => Err(error.into()),
    }
}
