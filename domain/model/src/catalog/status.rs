//! The status of products.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::Product;

/// The status of a product, derived from its publications and its archiving.
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
    /// Not sold and not listed any more, but still readable by staff and on orders.
    Archived,
}

impl Product {
    /// The status of the product; it does not depend on the time.
    #[must_use]
    pub fn status(&self) -> ProductStatus {
        match (self.is_archived(), self.publications.is_empty()) {
            (true, _) => ProductStatus::Archived,
            (false, true) => ProductStatus::Draft,
            (false, false) => ProductStatus::Published,
        }
    }
}
