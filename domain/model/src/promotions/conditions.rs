//! What must hold before a promotion reduces anything.

use serde::{Deserialize, Serialize};

use super::{Goods, ProductSelector};
use crate::{Money, MoneyError, Quantity, Slug};

/// Conditions, measured on the goods before any discount; all of them must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Conditions {
    /// What the counted goods must cost together, in the channel's price mode; fails in another currency.
    #[serde(default)]
    pub minimum_subtotal: Option<Money>,
    /// How many units of the counted goods there must be.
    #[serde(default)]
    pub minimum_quantity: Option<Quantity>,
    /// Slugs of customer groups, one of which the buyer must be in; anybody where none is named.
    #[serde(default)]
    pub customer_groups: Vec<Slug>,
    /// Which goods are counted, and that there is one of them; all goods where absent.
    #[serde(default)]
    pub products: Option<ProductSelector>,
}

impl Conditions {
    /// Whether the goods and the buyer meet all of them.
    ///
    /// # Errors
    /// An overflow of the sum.
    pub(super) fn hold(&self, goods: &[Goods<'_>], groups: &[Slug]) -> Result<bool, MoneyError> {
        let is_welcome =
            self.customer_groups.is_empty() || self.customer_groups.iter().any(|group| groups.contains(group));
        if !is_welcome {
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
