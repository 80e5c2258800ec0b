//! Why goods of an order are not sent.

use model::orders::{FulfillRefused, OrderMoved};
use persistence::{StoreError, db::TransactionError};

use crate::{ServiceError, idempotency::KeyError};

/// Goods were not sent.
#[derive(Debug, thiserror::Error)]
pub enum FulfillError {
    /// There is no such order.
    #[error("there is no such order")]
    NotFound,
    /// The rules of orders say no.
    #[error(transparent)]
    Refused(#[from] FulfillRefused),
    /// Fewer units are on hand than are to be sent; goods that were sold beyond stock have not arrived.
    #[error("not enough units are on hand")]
    NotOnHand,
    /// The tracking number or its address is not one.
    #[error("{0}")]
    Tracking(&'static str),
    /// The order has changed since the caller saw it.
    #[error(transparent)]
    Moved(#[from] OrderMoved),
    /// The key was used with another request.
    #[error("this idempotency key was used with another request")]
    KeyReused,
    /// Not the caller's fault, or not theirs to do.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for FulfillError {
    fn from(error: StoreError) -> Self {
        if error.is_constraint("inventory_levels_on_hand_check") {
            Self::NotOnHand
        } else {
            Self::Service(error.into())
        }
    }
}

impl From<KeyError> for FulfillError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Reused => Self::KeyReused,
            KeyError::Failure(error) => Self::Service(error),
        }
    }
}

impl From<TransactionError> for FulfillError {
    fn from(error: TransactionError) -> Self {
        Self::Service(error.into())
    }
}
