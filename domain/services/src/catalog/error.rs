//! Errors of catalog changes.

use model::{
    access::AccessError,
    catalog::{CatalogErrorCode, Violation},
};
use persistence::{StoreError, db::TransactionError, documents::KeyedError};

use crate::ServiceError;

/// A change of the catalog failed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The violations of the input; never empty.
    #[error("the input is not valid")]
    Invalid(Vec<Violation>),
    /// A missing permission or a failure.
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

    /// True if the object was changed concurrently.
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
                "this object was changed in the meantime; read it again",
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
            KeyedError::Taken(_) => {
                Self::one(CatalogErrorCode::SlugTaken, "slug", "another object has or had this slug")
            }
            KeyedError::Store(error) => error.into(),
        }
    }
}
