//! Every change of a level, with its reason.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    ids::{StockLocationId, StockMovementId, VariantId},
    shared::names::names,
};

/// Why stock moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MovementKind {
    /// Goods arrived from a supplier.
    Received,
    /// Goods came back from a shopper.
    Returned,
    /// Somebody counted.
    Counted,
    /// A mistake was put right.
    Corrected,
    /// Goods broke.
    Damaged,
    /// Goods cannot be found.
    Lost,
    /// Units were promised to an order.
    Allocation,
    /// Units promised to an order became free again.
    Release,
    /// Promised units left the building.
    Deduction,
}

names! { MovementKind {
    Received = "RECEIVED", Returned = "RETURNED", Counted = "COUNTED", Corrected = "CORRECTED", Damaged = "DAMAGED",
    Lost = "LOST", Allocation = "ALLOCATION", Release = "RELEASE", Deduction = "DEDUCTION",
} }

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
