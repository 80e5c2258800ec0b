//! Errors of changing the catalog.

use model::catalog::{CatalogErrorCode, Violation};
use persistence::{StoreError, documents::KeyedError};

use crate::{UseCaseError, error::RuleError};

/// The start of the key of a variant's external reference.
pub(super) const VARIANT_REFERENCE: &str = "variant:reference:";

/// The rules that a change of the catalog breaks, each with the path of the input that breaks it; never empty.
#[derive(Debug, thiserror::Error)]
#[error("the catalog was not changed: {}", .0.iter().map(|violation| violation.message.as_str()).collect::<Vec<_>>().join("; "))]
pub struct CatalogRefused(pub Vec<Violation>);

impl RuleError for CatalogRefused {}

/// The catalog was not changed.
pub type CatalogError = UseCaseError<CatalogRefused>;

/// The result of a change of the catalog.
pub type CatalogResult<T> = Result<T, CatalogError>;

impl CatalogRefused {
    /// One broken rule.
    pub(super) fn at(code: CatalogErrorCode, path: &str, message: impl Into<String>) -> Self {
        Self(vec![Violation::at(code, path, message)])
    }

    /// The object does not exist.
    pub(super) fn not_found(what: &str) -> Self {
        Self::at(CatalogErrorCode::NotFound, "id", format!("there is no such {what}"))
    }

    /// The object has another version than the caller expects.
    pub(super) fn version_conflict() -> Self {
        let message = "somebody else changed this in the meantime; read it again";
        Self::at(CatalogErrorCode::VersionConflict, "expectedVersion", message)
    }
}

impl CatalogError {
    /// True if the object was changed concurrently.
    pub(super) fn is_conflict(&self) -> bool {
        let is_conflict = |violation: &Violation| violation.code == CatalogErrorCode::VersionConflict;
        matches!(self, Self::Rule(refused) if refused.0.iter().any(is_conflict))
    }
}

impl From<KeyedError> for CatalogError {
    fn from(error: KeyedError) -> Self {
        match error {
            KeyedError::Taken(key) if key.starts_with(VARIANT_REFERENCE) => {
                let reference = key.trim_start_matches(VARIANT_REFERENCE);
                let message = format!("another variant has the external reference {reference}");
                CatalogRefused::at(CatalogErrorCode::ReferenceTaken, "variants", message).into()
            }
            KeyedError::Taken(key) if key.contains(":reference:") => CatalogRefused::at(
                CatalogErrorCode::ReferenceTaken,
                "externalReference",
                "another object has this external reference",
            )
            .into(),
            KeyedError::Taken(_) => CatalogRefused::at(
                CatalogErrorCode::SlugTaken,
                "slug",
                "this slug leads to another object already, or did before it was renamed",
            )
            .into(),
            KeyedError::Store(StoreError::VersionConflict) => CatalogRefused::version_conflict().into(),
            KeyedError::Store(StoreError::NotFound) => CatalogRefused::not_found("object").into(),
            KeyedError::Store(error) => error.into(),
        }
    }
}
