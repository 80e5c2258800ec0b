//! Inventory: stock levels, adjustments, locations, and the availability for shoppers.

mod adjust;
mod adjustment;
mod availability;
mod locations;
mod read;

pub(crate) use adjust::announce;
pub use adjust::{adjust, set_stock};
pub use adjustment::{AdjustError, AdjustRule, AdjustStock, AdjustStockChange};
pub(crate) use availability::pickup_stock;
pub use availability::{Availability, ProductStock};
pub use locations::{
    LocationChange, LocationError, LocationRule, LocationTarget, NewStockLocation, create_location, list_locations,
    update_location,
};
pub use read::{count_movements, items_of_variants, levels, movements};
