//! Every change of a level, with its reason.

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
    /// Units were allocated to an order.
    Allocation,
    /// Allocated units were released.
    Release,
    /// Allocated units were shipped.
    Deduction,
}

/// An entry of the movement record. The sums over all entries of a level are the level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockMovement {
    /// Identifier, sorts by time.
    pub id: StockMovementId,
    /// What moved.
    pub variant_id: VariantId,
    /// Where.
    pub location_id: StockLocationId,
    /// Why.
    pub kind: MovementKind,
    /// The change of the units in the building.
    pub on_hand: i64,
    /// The change of the units promised to orders.
    pub allocated: i64,
    /// The global id of the order or fulfilment, or a word of whoever adjusted.
    pub reference: Option<String>,
    /// Whoever did it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

impl StockMovement {
    /// The change that the kind is about: of promised units for an allocation or release, else of units on hand.
    #[must_use]
    pub const fn quantity(&self) -> i64 {
        match self.kind {
            MovementKind::Allocation | MovementKind::Release => self.allocated,
            _ => self.on_hand,
        }
    }
}
