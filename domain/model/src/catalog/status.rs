//! The status of products.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::Product;

/// The status of a product, derived from its publications.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum ProductStatus {
    /// Published in no channel.
    Draft,
    /// Published in at least one channel, now or at a set time.
    Published,
}

impl Product {
    /// The status of the product; it does not depend on the time.
    #[must_use]
    pub fn status(&self) -> ProductStatus {
        if self.publications.is_empty() { ProductStatus::Draft } else { ProductStatus::Published }
    }
}
