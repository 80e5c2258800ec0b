//! User errors of order mutations.

use async_graphql::Result;
use model::orders::{CancelRefused, FulfillRefused};
use schema_shared::user_errors;
use services::orders::{CancelError, FulfillError};

user_errors! {
    /// A user error of an order mutation.
    OrderUserError,
    /// The error codes of order mutations.
    OrderErrorCode {
        /// The order does not exist.
        NotFound,
        /// The status of the order does not permit the change.
        InvalidStatus,
        /// The order has no such line.
        LineNotFound,
        /// A line is listed twice.
        DuplicateLine,
        /// The quantity is zero or exceeds the units left to fulfill.
        InvalidQuantity,
        /// No units are left to fulfill.
        NothingToFulfill,
        /// Fewer units are on hand than requested.
        NotOnHand,
        /// The tracking number or its URL is not valid.
        InvalidTracking,
        /// Units of the order were fulfilled already.
        AlreadyFulfilled,
        /// The order has changed since the expected version.
        VersionConflict,
        /// The idempotency key is empty, longer than 255 characters, or contains control characters.
        InvalidIdempotencyKey,
        /// The idempotency key was used with another input.
        IdempotencyKeyReused,
    }
}

/// The user error of a rejected fulfillment. Failures that the caller cannot fix become top-level errors.
pub(super) fn of_fulfill(error: FulfillError) -> Result<OrderUserError> {
    let (code, path) = match &error {
        FulfillError::NotFound => (OrderErrorCode::NotFound, "orderId".to_owned()),
        FulfillError::NotOnHand => (OrderErrorCode::NotOnHand, "lines".to_owned()),
        FulfillError::Tracking(_) => (OrderErrorCode::InvalidTracking, "tracking".to_owned()),
        FulfillError::Refused(refused) => match refused {
            FulfillRefused::Status(_) | FulfillRefused::NotPaid(_) => {
                (OrderErrorCode::InvalidStatus, "orderId".to_owned())
            }
            FulfillRefused::Nothing => (OrderErrorCode::NothingToFulfill, "lines".to_owned()),
            FulfillRefused::UnknownLine { at } => (OrderErrorCode::LineNotFound, format!("lines.{at}.lineId")),
            FulfillRefused::Duplicate { at } => (OrderErrorCode::DuplicateLine, format!("lines.{at}.lineId")),
            FulfillRefused::Quantity { at, .. } => (OrderErrorCode::InvalidQuantity, format!("lines.{at}.quantity")),
        },
        FulfillError::Moved(_) => (OrderErrorCode::VersionConflict, "expectedVersion".to_owned()),
        FulfillError::KeyReused => (OrderErrorCode::IdempotencyKeyReused, "idempotencyKey".to_owned()),
        FulfillError::Service(_) => return Err(top_level(error)),
    };
    Ok(OrderUserError::at(code, error, &path))
}

fn top_level(error: FulfillError) -> async_graphql::Error {
    match error {
        FulfillError::Service(error) => error.into(),
        other => services::ServiceError::internal(other.to_string()).into(),
    }
}

/// The user error of a rejected cancellation. Failures that the caller cannot fix become top-level errors.
pub(super) fn of_cancel(error: CancelError) -> Result<OrderUserError> {
    let (code, path) = match error {
        CancelError::Service(error) => return Err(error.into()),
        CancelError::NotFound => (OrderErrorCode::NotFound, "orderId"),
        CancelError::Moved(_) => (OrderErrorCode::VersionConflict, "expectedVersion"),
        CancelError::KeyReused => (OrderErrorCode::IdempotencyKeyReused, "idempotencyKey"),
        CancelError::Refused(CancelRefused::Fulfilled) => (OrderErrorCode::AlreadyFulfilled, "orderId"),
        CancelError::Refused(CancelRefused::Status(_) | CancelRefused::AlreadyCanceled) => {
            (OrderErrorCode::InvalidStatus, "orderId")
        }
    };
    Ok(OrderUserError::at(code, error, path))
}
