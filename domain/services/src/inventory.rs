//! Inventory: stock levels, adjustments, locations, and the availability for shoppers.

mod adjust;
mod availability;
mod locations;
mod read;

pub(crate) use adjust::announce;
pub use adjust::{AdjustError, AdjustRule, AdjustStock, AdjustStockChange, adjust, set_stock};
pub use availability::{Availability, ProductStock};
pub use locations::{LocationError, LocationRule, NewStockLocation, create_location, list_locations};
pub use read::{count_movements, items_of_variants, levels, movements};
