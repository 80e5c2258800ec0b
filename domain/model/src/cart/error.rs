//! Why a change of a cart is refused, and which part of the wish is at fault.

/// What is wrong with a change of a cart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CartError {
    /// No cart that the caller may see has this id.
    #[error("there is no such cart")]
    NotFound,
    /// The cart became an order.
    #[error("the cart is completed and can no longer be changed")]
    Completed,
    /// The cart went into another one.
    #[error("the cart was merged into another and can no longer be changed")]
    Merged,
    /// The cart was written since the version the caller expects.
    #[error("the cart has changed: its version is {current}")]
    VersionConflict {
        /// The version it has now.
        current: i32,
    },
    /// The quantity is not within its bounds.
    #[error("a quantity is a whole number from 1 to {max}", max = crate::Quantity::MAX)]
    InvalidQuantity,
    /// The cart is full.
    #[error("a cart has at most {max} lines", max = super::limits::MAX_LINES)]
    TooManyLines,
    /// The variant does not exist or is not sold in the cart's channel and currency.
    #[error("this variant is not sold here")]
    VariantNotFound,
    /// The cart has no line of this id.
    #[error("the cart has no such line")]
    LineNotFound,
    /// Too many attributes of a line, one twice, or one that is empty or too long, alone or together.
    #[error(
        "a line has at most 20 attributes of different names; a name has 1 to 100 characters, a value at most 1000; \
         together they take at most 4 KiB in a line and 64 KiB in a cart"
    )]
    InvalidAttributes,
    /// Not an e-mail address.
    #[error("this is not an e-mail address")]
    InvalidEmail,
    /// Not a telephone number.
    #[error("this is not a telephone number")]
    InvalidPhone,
    /// A field of an address is missing, too long, or no region of its country.
    #[error("this part of the address is missing, too long, or not known in its country")]
    InvalidAddress,
    /// The cart has no delivery group of this id.
    #[error("the cart has no such delivery group")]
    DeliveryGroupNotFound,
    /// The method is not offered for the cart's destination.
    #[error("this way to deliver is not offered to the cart's destination")]
    DeliveryOptionNotFound,
    /// Too many codes.
    #[error("a cart takes at most {max} discount codes", max = super::limits::MAX_CODES)]
    TooManyCodes,
    /// The code could not be one.
    #[error("a discount code has 1 to 64 characters without spaces")]
    InvalidCode,
    /// The note is too long.
    #[error("a note has at most 5000 characters")]
    NoteTooLong,
    /// The two carts are one, or of different channels or currencies.
    #[error("only two carts of the same channel and currency can be merged")]
    CannotMerge,
    /// The text cannot be an idempotency key.
    #[error(transparent)]
    InvalidIdempotencyKey(#[from] crate::InvalidIdempotencyKey),
    /// Strangers could guess the key of somebody who is not logged in, and so get the cart.
    #[error("without a login an idempotency key has at least {min} characters, random ones: whoever knows it gets the cart", min = crate::IdempotencyKey::SECRET_MIN)]
    GuessableIdempotencyKey,
    /// The key came before, with another input.
    #[error("this idempotency key was used with another input")]
    IdempotencyKeyReused,
}

/// One reason why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub error: CartError,
    /// The path of the wrong part in the input, with the names and positions that GraphQL uses.
    pub field: Vec<String>,
}

/// Every reason why a change is refused; never empty.
pub type Refusals = Vec<Refusal>;

impl Refusal {
    /// A reason with the path of the part it is about.
    #[must_use]
    pub fn at(error: CartError, path: &[&str]) -> Self {
        Self { error, field: path.iter().map(|part| (*part).to_owned()).collect() }
    }

    /// A reason with the path of one entry of a list, such as `lines.3.quantity`.
    #[must_use]
    pub fn in_list(error: CartError, list: &str, at: usize, part: Option<&str>) -> Self {
        let position = at.to_string();
        let path: Vec<&str> = [list, &position].into_iter().chain(part).collect();
        Self::at(error, &path)
    }
}
