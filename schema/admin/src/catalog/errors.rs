//! Why the catalog is not changed.

use async_graphql::Result;
use model::catalog::Violation;
use schema_shared::user_errors;
use services::catalog::{CatalogError, CatalogResult};

user_errors! {
    /// Why something in the catalog was not changed.
    CatalogUserError,
    /// What stopped a change of the catalog.
    CatalogErrorCode {
        /// A value is missing.
        Required,
        /// A value is malformed or out of bounds.
        Invalid,
        /// A text is too long.
        TooLong,
        /// A list has too many entries.
        TooMany,
        /// Two entries that must differ are the same.
        Duplicate,
        /// What is referred to does not exist.
        UnknownReference,
        /// There is no such object.
        NotFound,
        /// The slug leads to another object, now or formerly.
        SlugTaken,
        /// Another variant of the shop has this stock keeping unit.
        SkuTaken,
        /// Another object has this external reference.
        ReferenceTaken,
        /// Somebody else changed the object in the meantime: read it again.
        VersionConflict,
        /// The object is in use.
        InUse,
        /// The category would lie below itself.
        Circle,
    }
}

impl From<model::catalog::CatalogErrorCode> for CatalogErrorCode {
    fn from(code: model::catalog::CatalogErrorCode) -> Self {
        use model::catalog::CatalogErrorCode as Code;
        match code {
            Code::Required => Self::Required,
            Code::Invalid => Self::Invalid,
            Code::TooLong => Self::TooLong,
            Code::TooMany => Self::TooMany,
            Code::Duplicate => Self::Duplicate,
            Code::UnknownReference => Self::UnknownReference,
            Code::NotFound => Self::NotFound,
            Code::SlugTaken => Self::SlugTaken,
            Code::SkuTaken => Self::SkuTaken,
            Code::ReferenceTaken => Self::ReferenceTaken,
            Code::VersionConflict => Self::VersionConflict,
            Code::InUse => Self::InUse,
            Code::Circle => Self::Circle,
        }
    }
}

impl From<Violation> for CatalogUserError {
    fn from(violation: Violation) -> Self {
        let field = (!violation.field.is_empty()).then_some(violation.field);
        Self { code: violation.code.into(), message: violation.message, field }
    }
}

/// The payload of a use case's outcome; what is not the caller's input goes on as a top-level error.
pub(super) fn answer<T, P>(
    outcome: CatalogResult<T>,
    done: impl FnOnce(T) -> P,
    refused: impl FnOnce(Vec<CatalogUserError>) -> P,
) -> Result<P> {
    match outcome {
        Ok(value) => Ok(done(value)),
        Err(CatalogError::Invalid(violations)) => Ok(refused(violations.into_iter().map(Into::into).collect())),
        Err(CatalogError::Service(error)) => Err(error.into()),
    }
}
