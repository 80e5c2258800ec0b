//! Why an order was not changed, as user errors.

use async_graphql::Result;
use model::orders::{CancelRefused, FulfillRefused};
use schema_shared::user_errors;
use services::orders::{CancelError, FulfillError};

user_errors! {
    /// Why an order was not changed.
    OrderUserError,
    /// What stopped a change of an order.
    OrderErrorCode {
        /// There is no such order.
        NotFound,
        /// The order is in a state that does not allow this.
        InvalidStatus,
        /// The order has no such line.
        LineNotFound,
        /// The line is named twice.
        DuplicateLine,
        /// The number is zero or more than is left to be sent.
        InvalidQuantity,
        /// Nothing is left to be sent.
        NothingToFulfill,
        /// Fewer units are on hand than are to be sent.
        NotOnHand,
        /// The tracking number or its address is not one.
        InvalidTracking,
        /// Goods of the order were sent already.
        AlreadyFulfilled,
        /// The order has changed since the expected version.
        VersionConflict,
        /// The idempotency key is empty, longer than 255 characters, or has control characters.
        InvalidIdempotencyKey,
        /// The idempotency key was used with another input.
        IdempotencyKeyReused,
    }
}

/// A refusal to send goods; anything else leaves as a top-level error.
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
        other => services::ServiceError::Internal(other.to_string()).into(),
    }
}

/// A refusal to call an order off; anything else leaves as a top-level error.
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
