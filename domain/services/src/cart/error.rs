//! Why a cart was not changed.

use model::cart::{CartError, Refusal, Refusals};
use persistence::{StoreError, db::TransactionError};

use crate::{ServiceError, idempotency::KeyError};

/// A cart was not changed.
#[derive(Debug, thiserror::Error)]
pub enum CartChangeError {
    /// The wish breaks rules; every reason is named.
    #[error("the cart was not changed: {}", .0.first().map(|refusal| refusal.error.to_string()).unwrap_or_default())]
    Refused(Refusals),
    /// Not the caller's fault, or not theirs to do.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl CartChangeError {
    /// One reason, about one part of the input.
    #[must_use]
    pub fn refused(error: CartError, path: &[&str]) -> Self {
        Self::Refused(vec![Refusal::at(error, path)])
    }
}

impl From<Refusals> for CartChangeError {
    fn from(refusals: Refusals) -> Self {
        Self::Refused(refusals)
    }
}

impl From<StoreError> for CartChangeError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl From<KeyError> for CartChangeError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Reused => Self::refused(CartError::IdempotencyKeyReused, &["idempotencyKey"]),
            KeyError::Failure(error) => Self::Service(error),
        }
    }
}

impl From<TransactionError> for CartChangeError {
    fn from(error: TransactionError) -> Self {
        Self::Service(error.into())
    }
}
