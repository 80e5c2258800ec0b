//! Conditions of promotions.

use serde::{Deserialize, Serialize};

use super::{Goods, ProductSelector};
use crate::{Money, MoneyError, Quantity, Slug};

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

impl Conditions {
    /// True if the goods and the buyer's groups meet all conditions.
    ///
    /// # Errors
    /// [`MoneyError`] if the sum overflows.
    pub(super) fn hold(&self, goods: &[Goods<'_>], groups: &[Slug]) -> Result<bool, MoneyError> {
        let is_in_group =
            self.customer_groups.is_empty() || self.customer_groups.iter().any(|group| groups.contains(group));
        if !is_in_group {
            return Ok(false);
        }
        let counted: Vec<&Goods<'_>> =
            goods.iter().filter(|goods| self.products.as_ref().is_none_or(|selector| goods.is_in(selector))).collect();
        let Some(first) = counted.first() else { return Ok(false) };
        let units: i64 = counted.iter().map(|goods| goods.quantity).sum();
        let subtotal = Money::sum(first.unit_price.currency, counted.iter().map(|goods| goods.full))?;
        let is_enough = self.minimum_quantity.is_none_or(|minimum| units >= i64::from(minimum));
        Ok(is_enough && self.minimum_subtotal.is_none_or(|minimum| subtotal >= minimum))
    }
}
