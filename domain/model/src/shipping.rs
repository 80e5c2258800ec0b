//! Delivery: zones, the methods that channels offer in them, their prices, and which methods carry the goods of a cart.

mod method;
mod offer;
mod price;
mod zone;

pub use method::{DeliveryMethod, DeliveryMethodError, STANDARD_PROFILE};
pub use offer::{Delivered, Gap, Offers, PickupStock, method_at, offers};
pub use price::{DeliveryPrice, Freight, RateBasis, RateRow, RateTable};
pub use zone::{DeliveryZone, DeliveryZoneError, Precision};
