//! User errors of catalog mutations.

use async_graphql::Result;
use model::catalog::Violation;
use schema_shared::{FromRule, to_user_errors, user_errors};
use services::catalog::{CatalogRefused, CatalogResult};

user_errors! {
    /// A user error of a catalog mutation.
    CatalogUserError,
    /// The error codes of catalog mutations.
    CatalogErrorCode {
        /// A required value is missing.
        Required,
        /// A value is malformed or out of bounds.
        Invalid,
        /// A text is too long.
        TooLong,
        /// A list has too many entries.
        TooMany,
        /// Two entries have the same value but must differ.
        Duplicate,
        /// A referenced object does not exist.
        UnknownReference,
        /// The object does not exist.
        NotFound,
        /// The slug belongs, or used to belong, to another object.
        SlugTaken,
        /// Another variant of the shop has this SKU.
        SkuTaken,
        /// Another product or variant has this external reference.
        ReferenceTaken,
        /// The object was changed after the expected version; read it again.
        VersionConflict,
        /// The object is in use.
        InUse,
        /// The category would become its own ancestor.
        Circle,
        /// The idempotency key was used with another input.
        IdempotencyKeyReused,
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

impl FromRule<CatalogRefused> for CatalogUserError {
    fn from_rule(refused: CatalogRefused) -> Result<Vec<Self>, CatalogRefused> {
        Ok(refused.0.into_iter().map(Self::from).collect())
    }

    fn from_reused_key(message: String) -> Option<Self> {
        Some(Self::at(CatalogErrorCode::IdempotencyKeyReused, message, "idempotencyKey"))
    }
}

/// The payload of a use case's outcome. Failures that the caller cannot fix become top-level errors.
pub(super) fn answer<T, P>(
    outcome: CatalogResult<T>,
    done: impl FnOnce(T) -> P,
    refused: impl FnOnce(Vec<CatalogUserError>) -> P,
) -> Result<P> {
    match outcome {
        Ok(value) => Ok(done(value)),
        Err(error) => Ok(refused(to_user_errors(error)?)),
    }
}
