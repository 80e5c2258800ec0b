//! Why stock or a location was not changed, as user errors.

use async_graphql::Result;
use model::inventory::AdjustmentRefused;
use schema_shared::user_errors;
use services::inventory::{AdjustError, LocationError};

user_errors! {
    /// Why stock or a location was not changed.
    InventoryUserError,
    /// What stopped a change of stock or of a location.
    InventoryErrorCode {
        /// No change, or too many at once.
        InvalidCount,
        /// The reference is longer than 255 characters.
        InvalidReference,
        /// No variant has the SKU.
        SkuNotFound,
        /// There is no such stock location.
        LocationNotFound,
        /// The SKU is adjusted at the location twice.
        DuplicateChange,
        /// Give either `delta` or `onHand`.
        InvalidChange,
        /// Fewer than no unit would be left.
        BelowZero,
        /// More units than a level holds.
        TooMany,
        /// The idempotency key is empty, longer than 255 characters, or has control characters.
        InvalidIdempotencyKey,
        /// The idempotency key was used with another adjustment.
        IdempotencyKeyReused,
        /// Not a slug.
        InvalidSlug,
        /// Another location has the slug.
        SlugTaken,
        /// The name is empty or too long.
        InvalidName,
    }
}

/// A refusal to adjust stock; anything else leaves as a top-level error.
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

/// A refusal to create a location; anything else leaves as a top-level error.
pub(super) fn of_location(error: LocationError) -> Result<InventoryUserError> {
    let (code, path) = match error {
        LocationError::Service(error) => return Err(error.into()),
        LocationError::Slug(_) => (InventoryErrorCode::InvalidSlug, "slug"),
        LocationError::SlugTaken => (InventoryErrorCode::SlugTaken, "slug"),
        LocationError::Name => (InventoryErrorCode::InvalidName, "name"),
    };
    Ok(InventoryUserError::at(code, error, path))
}
