//! User errors of cart mutations.

use model::cart::{CartError, Refusal};
use schema_shared::{FromRule, user_errors};
use services::cart::CartRefused;

user_errors! {
    /// A user error of a cart mutation.
    CartUserError,
    /// The error codes of cart mutations.
    CartErrorCode {
        /// The cart does not exist, or the caller cannot access it.
        NotFound,
        /// The cart is completed: it became an order.
        CartCompleted,
        /// The cart was merged into another cart.
        CartMerged,
        /// The cart has changed since the expected version.
        VersionConflict,
        /// The quantity is out of bounds.
        InvalidQuantity,
        /// The cart would have more than 500 lines, or the request lists more.
        TooManyLines,
        /// The variant does not exist or is not sold in the channel.
        VariantNotFound,
        /// The cart has no such line.
        LineNotFound,
        /// A line has too many attributes, a repeated one, or one that is empty or too long, or all together are too
        /// long.
        InvalidAttributes,
        /// The email address is not valid.
        InvalidEmail,
        /// The phone number is not valid.
        InvalidPhone,
        /// The VAT identification number has wrong check digits.
        InvalidVatId,
        /// The tax authority does not know the VAT identification number.
        VatIdNotRegistered,
        /// A part of the address is missing or too long, or its country has no such region.
        InvalidAddress,
        /// The cart has no such delivery group.
        DeliveryGroupNotFound,
        /// The delivery option is not available for the destination of the cart.
        DeliveryOptionNotFound,
        /// The cart would have more than ten discount codes.
        TooManyCodes,
        /// The text is not a valid discount code.
        InvalidCode,
        /// Too many wrong discount codes were entered in the cart or from this network. The message tells the seconds to
        /// wait; until then no code is accepted.
        Throttled,
        /// The note has more than 5,000 characters.
        NoteTooLong,
        /// The carts are the same, or belong to different channels or currencies.
        CannotMerge,
        /// The idempotency key is empty, longer than 255 characters, or contains control characters; or a guest's key
        /// for `cartCreate` has fewer than 16 characters.
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
        CartError::InvalidVatId(_) => CartErrorCode::InvalidVatId,
        CartError::VatIdNotRegistered => CartErrorCode::VatIdNotRegistered,
        CartError::InvalidAddress => CartErrorCode::InvalidAddress,
        CartError::DeliveryGroupNotFound => CartErrorCode::DeliveryGroupNotFound,
        CartError::DeliveryOptionNotFound => CartErrorCode::DeliveryOptionNotFound,
        CartError::TooManyCodes => CartErrorCode::TooManyCodes,
        CartError::TooManyWrongCodes { .. } => CartErrorCode::Throttled,
        CartError::InvalidCode => CartErrorCode::InvalidCode,
        CartError::NoteTooLong => CartErrorCode::NoteTooLong,
        CartError::CannotMerge => CartErrorCode::CannotMerge,
        CartError::InvalidIdempotencyKey(_) | CartError::GuessableIdempotencyKey => {
            CartErrorCode::InvalidIdempotencyKey
        }
    }
}

impl From<Refusal> for CartUserError {
    fn from(refusal: Refusal) -> Self {
        let field = (!refusal.field.is_empty()).then_some(refusal.field);
        Self { code: code(&refusal.error), message: refusal.error.to_string(), field }
    }
}

impl FromRule<CartRefused> for CartUserError {
    fn from_rule(refused: CartRefused) -> Result<Vec<Self>, CartRefused> {
        Ok(refused.0.into_iter().map(Self::from).collect())
    }

    fn from_reused_key(message: String) -> Option<Self> {
        Some(Self::at(CartErrorCode::IdempotencyKeyReused, message, "idempotencyKey"))
    }
}
