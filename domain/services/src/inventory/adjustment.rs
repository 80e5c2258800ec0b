//! Inputs and rules of stock adjustments.

use model::{
    IdempotencyKey,
    inventory::{AdjustmentReason, AdjustmentRefused, StockTarget},
};
use serde::Serialize;

use crate::{UseCaseError, error::RuleError};

/// The maximum number of levels per adjustment.
pub(super) const MAX_CHANGES: usize = 500;
/// The maximum length of a reference in characters; every movement stores a copy.
pub(super) const MAX_REFERENCE: usize = 255;

/// An adjustment of several levels, applied completely or not at all.
#[derive(Debug, Clone, Serialize)]
pub struct AdjustStock {
    /// The reason.
    pub reason: AdjustmentReason,
    /// A repeated adjustment with the same key changes nothing and returns the same result.
    pub idempotency_key: Option<IdempotencyKey>,
    /// A note for the record, such as a delivery note number; at most 255 characters.
    pub reference: Option<String>,
    /// The changes.
    pub changes: Vec<AdjustStockChange>,
}

/// The change of one level, by natural keys.
#[derive(Debug, Clone, Serialize)]
pub struct AdjustStockChange {
    /// The SKU of the variant.
    pub sku: String,
    /// The slug of the stock location.
    pub location: String,
    /// The target of the units on hand.
    pub target: StockTarget,
}

/// A rule that keeps stock from being adjusted; `at` is the index of the change that breaks it.
#[derive(Debug, thiserror::Error)]
pub enum AdjustRule {
    /// No change, or too many at once.
    #[error("an adjustment has 1 to {MAX_CHANGES} changes")]
    Count,
    /// The reference is too long.
    #[error("a reference has at most {MAX_REFERENCE} characters")]
    Reference,
    /// No variant has the SKU.
    #[error("no variant has this SKU")]
    UnknownSku {
        /// The index of the change.
        at: usize,
    },
    /// No location has the slug.
    #[error("there is no such stock location")]
    UnknownLocation {
        /// The index of the change.
        at: usize,
    },
    /// The same level occurs twice.
    #[error("this SKU is adjusted at this location twice")]
    Duplicate {
        /// The index of the change.
        at: usize,
    },
    /// The rules reject the new level.
    #[error("{why}")]
    Refused {
        /// The index of the change.
        at: usize,
        /// The rule.
        why: AdjustmentRefused,
    },
}

impl RuleError for AdjustRule {}

/// The stock was not adjusted.
pub type AdjustError = UseCaseError<AdjustRule>;
