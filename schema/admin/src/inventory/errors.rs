//! User errors of inventory mutations.

use async_graphql::Result;
use model::inventory::AdjustmentRefused;
use schema_shared::user_errors;
use services::inventory::{AdjustError, LocationError};

user_errors! {
    /// A reason for which stock or a location was not changed.
    InventoryUserError,
    /// The reasons for which a change of stock or of a location is rejected.
    InventoryErrorCode {
        /// No change is given, or more than 500.
        InvalidCount,
        /// The reference has more than 255 characters.
        InvalidReference,
        /// No variant has the SKU.
        SkuNotFound,
        /// The stock location does not exist.
        LocationNotFound,
        /// The SKU is adjusted twice at the same location.
        DuplicateChange,
        /// Not exactly one of `delta` and `onHand` is given.
        InvalidChange,
        /// The number of units on hand would become negative.
        BelowZero,
        /// The number of units exceeds the supported maximum.
        TooMany,
        /// The idempotency key is empty, longer than 255 characters, or contains control characters.
        InvalidIdempotencyKey,
        /// The idempotency key was used with another adjustment.
        IdempotencyKeyReused,
        /// The slug is not valid.
        InvalidSlug,
        /// Another location has the slug.
        SlugTaken,
        /// The name is empty or longer than 200 characters.
        InvalidName,
    }
}

/// The user error of a rejected adjustment. Failures that the caller cannot fix become top-level errors.
pub(super) fn of_adjust(error: AdjustError) -> Result<InventoryUserError> {
    let (code, path) = match &error {
        AdjustError::Count => (InventoryErrorCode::InvalidCount, "changes".to_owned()),
        AdjustError::Reference => (InventoryErrorCode::InvalidReference, "reference".to_owned()),
        AdjustError::UnknownSku { at } => (InventoryErrorCode::SkuNotFound, format!("changes.{at}.sku")),
        AdjustError::UnknownLocation { at } => (InventoryErrorCode::LocationNotFound, format!("changes.{at}.location")),
        AdjustError::Duplicate { at } => (InventoryErrorCode::DuplicateChange, format!("changes.{at}")),
        AdjustError::Refused { at, why: AdjustmentRefused::BelowZero { .. } } => {
            (InventoryErrorCode::BelowZero, format!("changes.{at}"))
        }
        AdjustError::Refused { at, why: AdjustmentRefused::TooMany } => {
            (InventoryErrorCode::TooMany, format!("changes.{at}"))
        }
        AdjustError::KeyReused => (InventoryErrorCode::IdempotencyKeyReused, "idempotencyKey".to_owned()),
        AdjustError::Service(_) => return Err(top_level(error)),
    };
    Ok(InventoryUserError::at(code, error, &path))
}

fn top_level(error: AdjustError) -> async_graphql::Error {
    match error {
        AdjustError::Service(error) => error.into(),
        other => services::ServiceError::Internal(other.to_string()).into(),
    }
}

/// The user error of a rejected location. Failures that the caller cannot fix become top-level errors.
pub(super) fn of_location(error: LocationError) -> Result<InventoryUserError> {
    let (code, path) = match error {
        LocationError::Service(error) => return Err(error.into()),
        LocationError::Slug(_) => (InventoryErrorCode::InvalidSlug, "slug"),
        LocationError::SlugTaken => (InventoryErrorCode::SlugTaken, "slug"),
        LocationError::Name => (InventoryErrorCode::InvalidName, "name"),
    };
    Ok(InventoryUserError::at(code, error, path))
}
