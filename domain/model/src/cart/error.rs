//! Errors of cart changes, with the path of the invalid input field.

/// The reason why a cart cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CartError {
    /// No cart that the actor may see has this id.
    #[error("there is no such cart")]
    NotFound,
    /// The cart became an order.
    #[error("the cart is completed and can no longer be changed")]
    Completed,
    /// The lines were merged into another cart.
    #[error("the cart was merged into another and can no longer be changed")]
    Merged,
    /// The cart has another version than the caller expects.
    #[error("the cart has changed: its version is {current}")]
    VersionConflict {
        /// The current version.
        current: i32,
    },
    /// The quantity is out of bounds.
    #[error("a quantity is a whole number from 1 to {max}", max = crate::Quantity::MAX)]
    InvalidQuantity,
    /// The cart has too many lines.
    #[error("a cart has at most {max} lines", max = super::limits::MAX_LINES)]
    TooManyLines,
    /// The variant does not exist or is not sold in the cart's channel and currency.
    #[error("this variant is not sold here")]
    VariantNotFound,
    /// The cart has no line with this id.
    #[error("the cart has no such line")]
    LineNotFound,
    /// The attributes of a line are too many, not distinct, empty, or too long.
    #[error(
        "a line has at most 20 attributes of different names; a name has 1 to 100 characters, a value at most 1000; \
         together they take at most 4 KiB in a line and 64 KiB in a cart"
    )]
    InvalidAttributes,
    /// The text is not an email address.
    #[error("this is not an e-mail address")]
    InvalidEmail,
    /// The text is not a phone number.
    #[error("this is not a phone number")]
    InvalidPhone,
    /// The text is not a VAT identification number, or its check digits are wrong.
    #[error(transparent)]
    InvalidVatId(#[from] crate::InvalidVatId),
    /// The tax authority does not know the VAT identification number.
    #[error("this VAT identification number is not registered")]
    VatIdNotRegistered,
    /// A field of an address is missing, too long, or not a region of the country.
    #[error("this part of the address is missing, too long, or not known in its country")]
    InvalidAddress,
    /// The cart has no delivery group with this id.
    #[error("the cart has no such delivery group")]
    DeliveryGroupNotFound,
    /// The delivery method is not offered for the cart's destination.
    #[error("this delivery option is not offered for the cart's destination")]
    DeliveryOptionNotFound,
    /// The cart has too many discount codes.
    #[error("a cart has at most {max} discount codes", max = super::limits::MAX_CODES)]
    TooManyCodes,
    /// Too many wrong discount codes were entered in the cart or from the network of the client.
    #[error("too many wrong discount codes; try again in {retry_after_seconds} seconds")]
    TooManyWrongCodes {
        /// Seconds until codes can be entered again.
        retry_after_seconds: i64,
    },
    /// The text cannot be a discount code.
    #[error("a discount code has 1 to 64 characters without spaces")]
    InvalidCode,
    /// The note is too long.
    #[error("a note has at most 5000 characters")]
    NoteTooLong,
    /// The carts are the same, or their channels or currencies differ.
    #[error("only two carts of the same channel and currency can be merged")]
    CannotMerge,
    /// The text cannot be an idempotency key.
    #[error(transparent)]
    InvalidIdempotencyKey(#[from] crate::InvalidIdempotencyKey),
    /// An attacker could guess the key of an anonymous caller and get the cart.
    #[error("without a login, an idempotency key needs at least {min} random characters, because it grants access to the cart", min = crate::IdempotencyKey::SECRET_MIN)]
    GuessableIdempotencyKey,
}

/// One reason why a change is rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The error.
    pub error: CartError,
    /// Path of the invalid field in the GraphQL input: names and list positions.
    pub field: Vec<String>,
}

/// All reasons why a change is rejected; never empty.
pub type Refusals = Vec<Refusal>;

impl Refusal {
    /// Creates a reason for an input path.
    #[must_use]
    pub fn at(error: CartError, path: &[&str]) -> Self {
        Self { error, field: path.iter().map(|part| (*part).to_owned()).collect() }
    }

    /// Creates a reason for an entry of a list, such as `lines.3.quantity`.
    #[must_use]
    pub fn in_list(error: CartError, list: &str, at: usize, part: Option<&str>) -> Self {
        let position = at.to_string();
        let path: Vec<&str> = [list, &position].into_iter().chain(part).collect();
        Self::at(error, &path)
    }
}
