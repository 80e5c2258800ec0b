//! Conditions of promotions.

use serde::{Deserialize, Serialize};

use super::ProductSelector;
use crate::{Money, Quantity, Slug};

/// The conditions of a promotion. All must hold for the goods before any discount.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Conditions {
    /// Minimum price of the counted goods, in the channel's price mode; does not hold in another currency.
    #[serde(default)]
    pub minimum_subtotal: Option<Money>,
    /// Minimum number of units of the counted goods.
    #[serde(default)]
    pub minimum_quantity: Option<Quantity>,
    /// Slugs of customer groups; the buyer must be in one of them. Empty for all buyers.
    #[serde(default)]
    pub customer_groups: Vec<Slug>,
    /// Products to count, of which the cart must contain at least one; None counts all goods.
    #[serde(default)]
    pub products: Option<ProductSelector>,
}
