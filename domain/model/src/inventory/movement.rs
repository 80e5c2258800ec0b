//! Stock movements: the record of all changes of levels.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::{
    Timestamp,
    ids::{StockLocationId, StockMovementId, VariantId},
};

/// The kind of a stock movement.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum), graphql(name = "StockMovementKind"))]
pub enum MovementKind {
    /// Goods arrived from a supplier.
    Received,
    /// Goods came back: returned by a shopper, or a fulfillment was canceled before they left.
    Returned,
    /// The stock was counted.
    Counted,
    /// A mistake was corrected.
    Corrected,
    /// Goods were damaged.
    Damaged,
    /// Goods are missing.
    Lost,
    /// Units were allocated to an order.
    Allocation,
    /// Allocated units were released.
    Release,
    /// Allocated units were shipped.
    Deduction,
}

/// A stock movement. The sum of all movements of a level equals the level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockMovement {
    /// Global id; sorts by time.
    pub id: StockMovementId,
    /// Variant that moved.
    pub variant_id: VariantId,
    /// Stock location.
    pub location_id: StockLocationId,
    /// Kind of the movement.
    pub kind: MovementKind,
    /// Change of the units on hand.
    pub on_hand: i64,
    /// Change of the allocated units.
    pub allocated: i64,
    /// Global id of the order or fulfillment, or the reference of an adjustment; None if there is none.
    pub reference: Option<String>,
    /// Actor that caused the movement, as written by [`crate::access::Actor`].
    pub actor: String,
    /// Time of the movement.
    pub at: Timestamp,
}

impl StockMovement {
    /// The change of allocated units for an allocation or release, else of units on hand.
    #[must_use]
    pub const fn quantity(&self) -> i64 {
        match self.kind {
            MovementKind::Allocation | MovementKind::Release => self.allocated,
            _ => self.on_hand,
        }
    }
}
