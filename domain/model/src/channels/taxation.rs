//! The way in which a channel taxes delivery and rounds taxes.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The tax on delivery.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum DeliveryTaxMode {
    /// Delivery is taxed at the standard rate of the destination.
    #[default]
    StandardRate,
    /// The price of delivery is split over the rates of the delivered goods, in proportion to their values.
    Proportional,
}

/// The rounding of taxes to the minor unit, half away from zero.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum TaxRounding {
    /// The tax of each line is rounded.
    #[default]
    PerLine,
    /// The tax of all lines and deliveries of a rate is rounded once, and split over them.
    PerTotal,
}
