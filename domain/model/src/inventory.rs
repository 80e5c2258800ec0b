//! Inventory: stock levels at locations, stock movements, and the allocation of stock to orders.

use serde::{Deserialize, Serialize};

use crate::ids::{ProductId, StockLocationId, VariantId};

mod adjustment;
mod allocation;
mod movement;
mod shipping;
mod supply;

pub use adjustment::{AdjustmentReason, AdjustmentRefused, StockChange, StockTarget, adjust, is_stock};
pub use allocation::{Allocation, Shortage, StockNeed, allocate, locations, release, totals};
pub use movement::{MovementKind, StockMovement};
pub use shipping::{LevelChange, Shipped, ShippedPart, ship, unship};
pub use supply::{LockedItem, Supply, SupplyPart, VariantStock};

/// The inventory item of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryItem {
    /// Variant; the item has the same id.
    pub variant_id: VariantId,
    /// Product of the variant.
    pub product_id: ProductId,
    /// Stock keeping unit; unique in the shop.
    pub sku: String,
    /// True if stock is counted; false for items that never run out, such as downloads.
    pub is_tracked: bool,
    /// True if the item may be sold beyond its stock.
    pub allows_backorder: bool,
}

/// A component of a bundle. A bundle has no stock of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BundlePart {
    /// Variant that is the bundle.
    pub bundle_id: VariantId,
    /// Variant contained in the bundle.
    pub component_id: VariantId,
    /// Units of the component per bundle.
    pub quantity: i64,
}

/// The stock of one variant at one location, in units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InventoryLevel {
    /// Variant; its inventory item has the same id.
    pub variant_id: VariantId,
    /// Stock keeping unit.
    pub sku: String,
    /// Stock location.
    pub location_id: StockLocationId,
    /// Units physically at the location.
    pub on_hand: i64,
    /// Units allocated to orders and not shipped yet.
    pub allocated: i64,
}

impl InventoryLevel {
    /// Units available for sale; negative if more units are allocated than on hand.
    #[must_use]
    pub const fn available(&self) -> i64 {
        self.on_hand - self.allocated
    }
}
