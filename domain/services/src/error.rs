//! What any use case can fail with besides its own rules.

use std::sync::Arc;

use model::access::AccessError;
use persistence::StoreError;

/// A failure that is not the caller's input: it leaves as a top-level error of the API.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The actor may not do this.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A failure that several callers of one batch share.
    #[error(transparent)]
    Shared(Arc<ServiceError>),
    /// A bug, or something outside that broke its promise.
    #[error("{0}")]
    Internal(String),
}

impl From<persistence::db::TransactionError> for ServiceError {
    /// `BEGIN` or `COMMIT` failed.
    fn from(error: persistence::db::TransactionError) -> Self {
        Self::Store(StoreError::from(error))
    }
}

/// The result of a use case that has no rules of its own to break.
pub type ServiceResult<T> = Result<T, ServiceError>;

/// What a failure means to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Log in first.
    Unauthenticated,
    /// The actor may not do this.
    Forbidden,
    /// Try again later.
    Unavailable,
    /// A bug.
    Internal,
}

impl ServiceError {
    /// What the failure means to the client.
    #[must_use]
    pub fn failure(&self) -> Failure {
        match self {
            Self::Access(AccessError::Unauthenticated) => Failure::Unauthenticated,
            Self::Access(AccessError::Forbidden(_) | AccessError::NotACustomer | AccessError::NotStaff) => {
                Failure::Forbidden
            }
            Self::Store(StoreError::Unavailable(_) | StoreError::Retry) => Failure::Unavailable,
            Self::Store(_) | Self::Internal(_) => Failure::Internal,
            Self::Shared(error) => error.failure(),
        }
    }
}
