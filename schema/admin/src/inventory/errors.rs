//! User errors of inventory mutations.

use model::{channels::LocationRuleError, inventory::AdjustmentRefused};
use schema_shared::{FromRule, user_errors};
use services::inventory::{AdjustRule, LocationRule};

user_errors! {
    /// A user error of an inventory mutation.
    InventoryUserError,
    /// The error codes of inventory mutations.
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
        /// A part of the address is missing or not valid, or its country is another one.
        InvalidAddress,
        /// The stock location was changed after the expected version.
        VersionConflict,
        /// Stock at the location is allocated to orders that are not shipped.
        LocationInUse,
    }
}

impl FromRule<AdjustRule> for InventoryUserError {
    fn from_rule(rule: AdjustRule) -> Result<Vec<Self>, AdjustRule> {
        use InventoryErrorCode as Code;
        let (code, path) = match &rule {
            AdjustRule::Count => (Code::InvalidCount, "changes".to_owned()),
            AdjustRule::Reference => (Code::InvalidReference, "reference".to_owned()),
            AdjustRule::UnknownSku { at } => (Code::SkuNotFound, format!("changes.{at}.sku")),
            AdjustRule::UnknownLocation { at } => (Code::LocationNotFound, format!("changes.{at}.location")),
            AdjustRule::Duplicate { at } => (Code::DuplicateChange, format!("changes.{at}")),
            AdjustRule::Refused { at, why: AdjustmentRefused::BelowZero { .. } } => {
                (Code::BelowZero, format!("changes.{at}"))
            }
            AdjustRule::Refused { at, why: AdjustmentRefused::TooMany } => (Code::TooMany, format!("changes.{at}")),
        };
        Ok(vec![Self::at(code, rule, &path)])
    }

    fn from_reused_key(message: String) -> Option<Self> {
        Some(Self::at(InventoryErrorCode::IdempotencyKeyReused, message, "idempotencyKey"))
    }
}

impl FromRule<LocationRule> for InventoryUserError {
    fn from_rule(rule: LocationRule) -> Result<Vec<Self>, LocationRule> {
        use InventoryErrorCode as Code;
        let (code, path) = match &rule {
            LocationRule::NotFound => return Ok(vec![Self::new(Code::LocationNotFound, rule)]),
            LocationRule::VersionConflict { .. } => (Code::VersionConflict, "expectedVersion".to_owned()),
            LocationRule::Slug(_) => (Code::InvalidSlug, "slug".to_owned()),
            LocationRule::SlugTaken => (Code::SlugTaken, "slug".to_owned()),
            LocationRule::Invalid(LocationRuleError::Name) => (Code::InvalidName, "name".to_owned()),
            LocationRule::Invalid(LocationRuleError::Address { field }) => {
                (Code::InvalidAddress, format!("address.{field}"))
            }
            LocationRule::InUse => (Code::LocationInUse, "isActive".to_owned()),
        };
        Ok(vec![Self::at(code, rule, &path)])
    }
}
