//! Stock adjustments by staff and integrations.

use serde::{Deserialize, Serialize};

use super::{InventoryLevel, MovementKind};
use crate::ids::{StockLocationId, VariantId};

/// The reason for a stock adjustment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum), graphql(name = "InventoryAdjustReason"))]
pub enum AdjustmentReason {
    /// Goods arrived from a supplier.
    Received,
    /// Goods were returned by a shopper.
    Returned,
    /// The stock was counted.
    Counted,
    /// A mistake was corrected.
    Corrected,
    /// Goods were damaged.
    Damaged,
    /// Goods are missing.
    Lost,
}

impl From<AdjustmentReason> for MovementKind {
    fn from(reason: AdjustmentReason) -> Self {
        match reason {
            AdjustmentReason::Received => Self::Received,
            AdjustmentReason::Returned => Self::Returned,
            AdjustmentReason::Counted => Self::Counted,
            AdjustmentReason::Corrected => Self::Corrected,
            AdjustmentReason::Damaged => Self::Damaged,
            AdjustmentReason::Lost => Self::Lost,
        }
    }
}

/// The new number of units on hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StockTarget {
    /// Adds units, or removes them if negative.
    Delta(i64),
    /// Sets the number of units.
    OnHand(i64),
}

/// An adjustment of one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockChange {
    /// Variant to adjust.
    pub variant_id: VariantId,
    /// Stock location.
    pub location_id: StockLocationId,
    /// New number of units on hand.
    pub target: StockTarget,
}

/// The reason why a level cannot be adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdjustmentRefused {
    /// The result would be negative.
    #[error("only {on_hand} units are on hand")]
    BelowZero {
        /// Current units on hand.
        on_hand: i64,
    },
    /// The result exceeds a billion units.
    #[error("a level holds at most {max} units", max = MAX_ON_HAND)]
    TooMany,
}

/// Maximum units of one level; sums over all levels do not overflow.
const MAX_ON_HAND: i64 = 1_000_000_000;

/// True if a level may have this number of units.
#[must_use]
pub const fn is_stock(on_hand: i64) -> bool {
    matches!(on_hand, 0..=MAX_ON_HAND)
}

/// The difference that brings a level to its target.
///
/// # Errors
/// [`AdjustmentRefused`] if the result is out of bounds.
pub fn adjust(level: &InventoryLevel, target: StockTarget) -> Result<i64, AdjustmentRefused> {
    let after = match target {
        StockTarget::Delta(delta) => level.on_hand.checked_add(delta).ok_or(AdjustmentRefused::TooMany)?,
        StockTarget::OnHand(on_hand) => on_hand,
    };
    match after {
        ..0 => Err(AdjustmentRefused::BelowZero { on_hand: level.on_hand }),
        0..=MAX_ON_HAND => Ok(after - level.on_hand),
        _ => Err(AdjustmentRefused::TooMany),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjustments_reach_the_target_or_are_rejected() {
        let level = InventoryLevel {
            variant_id: VariantId::new(),
            sku: "A".to_owned(),
            location_id: StockLocationId::new(),
            on_hand: 5,
            allocated: 9,
        };
        assert_eq!(adjust(&level, StockTarget::Delta(-5)), Ok(-5));
        assert_eq!(adjust(&level, StockTarget::OnHand(7)), Ok(2));
        assert_eq!(adjust(&level, StockTarget::Delta(-6)), Err(AdjustmentRefused::BelowZero { on_hand: 5 }));
        assert_eq!(adjust(&level, StockTarget::OnHand(-1)), Err(AdjustmentRefused::BelowZero { on_hand: 5 }));
        assert_eq!(adjust(&level, StockTarget::Delta(i64::MAX)), Err(AdjustmentRefused::TooMany));
        assert_eq!(adjust(&level, StockTarget::OnHand(MAX_ON_HAND + 1)), Err(AdjustmentRefused::TooMany));
    }
}
