//! The lines of a cart as input and output of promotions.

use super::{ProductSelector, Promotion};
use crate::{
    Money,
    catalog::Product,
    ids::{CategoryId, CollectionId},
};

/// A cart line for promotions.
pub(crate) struct Goods<'a> {
    /// Product of the line.
    pub product: &'a Product,
    /// Categories of the product with their ancestors.
    pub categories: Vec<CategoryId>,
    /// Collections that contain the product.
    pub collections: &'a [CollectionId],
    /// Units, at least one.
    pub quantity: i64,
    /// Price of one unit before discounts, in the channel's price mode.
    pub unit_price: Money,
    /// Price of all units before discounts.
    pub full: Money,
    /// Price of all units after the discounts applied so far.
    pub left: Money,
    /// Discounts applied so far.
    pub reductions: Vec<Reduction<'a>>,
}

impl Goods<'_> {
    /// True if the selector selects the product.
    pub fn is_in(&self, selector: &ProductSelector) -> bool {
        selector.selects(self.product, &self.categories, self.collections)
    }
}

/// The discount of one promotion on one line.
#[derive(Clone, Copy)]
pub(crate) struct Reduction<'a> {
    /// Promotion that applied.
    pub promotion: &'a Promotion,
    /// Discount code; None for an automatic promotion.
    pub code: Option<&'a str>,
    /// Discount amount.
    pub amount: Money,
}
