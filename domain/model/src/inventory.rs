//! Stock: levels at locations, the movements that explain them, and who gets the last unit.

use serde::{Deserialize, Serialize};

use crate::ids::{ProductId, StockLocationId, VariantId};

mod adjustment;
mod allocation;
mod movement;
mod supply;

pub use adjustment::{AdjustmentReason, AdjustmentRefused, StockChange, StockTarget, adjust, is_stock};
pub use allocation::{Allocation, Shortage, StockNeed, allocate, release, totals};
pub use movement::{MovementKind, StockMovement};
pub use supply::{LockedItem, Supply, SupplyPart, VariantStock};

/// What can be counted: the inventory side of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryItem {
    /// The variant; the item has the same id.
    pub variant_id: VariantId,
    /// The product it belongs to.
    pub product_id: ProductId,
    /// Stock keeping unit; unique in the shop.
    pub sku: String,
    /// Whether it can run out; downloads cannot.
    pub is_tracked: bool,
    /// Whether it may be sold although nothing is left.
    pub allows_backorder: bool,
}

/// A component of a bundle; the bundle's stock is that of its components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BundlePart {
    /// The variant that is a bundle.
    pub bundle_id: VariantId,
    /// The variant inside.
    pub component_id: VariantId,
    /// How many of it.
    pub quantity: i64,
}

/// The stock of one variant at one location, in units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InventoryLevel {
    /// The variant; its inventory item has the same id.
    pub variant_id: VariantId,
    /// Stock keeping unit.
    pub sku: String,
    /// Where it lies.
    pub location_id: StockLocationId,
    /// Units in the building.
    pub on_hand: i64,
    /// Units promised to orders and not shipped yet.
    pub allocated: i64,
}

impl InventoryLevel {
    /// Units that can still be sold; negative when more is promised than is there.
    #[must_use]
    pub const fn available(&self) -> i64 {
        self.on_hand - self.allocated
    }
}
