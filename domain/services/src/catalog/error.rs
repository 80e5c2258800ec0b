//! Why the catalog is not changed.

use model::{
    access::AccessError,
    catalog::{CatalogErrorCode, Violation},
};
use persistence::{StoreError, db::TransactionError, documents::KeyedError};

use crate::ServiceError;

/// Why the catalog is not changed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// What is wrong with the input; at least one thing.
    #[error("the input is refused")]
    Invalid(Vec<Violation>),
    /// Not the caller's fault, or not theirs to do.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// The result of a change of the catalog.
pub type CatalogResult<T> = Result<T, CatalogError>;

impl CatalogError {
    pub(super) fn one(code: CatalogErrorCode, path: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::at(code, path, message)])
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::one(CatalogErrorCode::NotFound, "id", format!("there is no such {what}"))
    }

    /// Whether somebody else changed the object in the meantime.
    pub(super) fn is_conflict(&self) -> bool {
        matches!(self, Self::Invalid(found) if found.iter().any(|one| one.code == CatalogErrorCode::VersionConflict))
    }
}

impl From<StoreError> for CatalogError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::VersionConflict => Self::one(
                CatalogErrorCode::VersionConflict,
                "expectedVersion",
                "somebody else changed this in the meantime; read it again",
            ),
            StoreError::NotFound => Self::not_found("object"),
            other => Self::Service(other.into()),
        }
    }
}

impl From<TransactionError> for CatalogError {
    fn from(error: TransactionError) -> Self {
        Self::Service(error.into())
    }
}

impl From<AccessError> for CatalogError {
    fn from(error: AccessError) -> Self {
        Self::Service(error.into())
    }
}

impl From<KeyedError> for CatalogError {
    fn from(error: KeyedError) -> Self {
        match error {
            KeyedError::Taken(key) if key.contains(":reference:") => Self::one(
                CatalogErrorCode::ReferenceTaken,
                "externalReference",
                "another object has this external reference",
            ),
            KeyedError::Taken(_) => Self::one(
                CatalogErrorCode::SlugTaken,
                "slug",
                "this slug leads to another object already, or did before it was renamed",
            ),
            KeyedError::Store(error) => error.into(),
        }
    }
}
