//! The lines of a cart as promotions see and change them.

use super::{ProductSelector, Promotion};
use crate::{
    Money,
    catalog::Product,
    ids::{CategoryId, CollectionId},
};

/// One line as promotions see it.
pub(crate) struct Goods<'a> {
    /// What is bought.
    pub product: &'a Product,
    /// Its categories and all above them.
    pub categories: Vec<CategoryId>,
    /// The collections that hold it.
    pub collections: &'a [CollectionId],
    /// How many, at least one.
    pub quantity: i64,
    /// One unit before discounts, in the channel's price mode.
    pub unit_price: Money,
    /// All units before discounts.
    pub full: Money,
    /// All units after the reductions so far.
    pub left: Money,
    /// What was taken off.
    pub reductions: Vec<Reduction<'a>>,
}

impl Goods<'_> {
    /// Whether the product is one of those selected.
    pub fn is_in(&self, selector: &ProductSelector) -> bool {
        selector.selects(self.product, &self.categories, self.collections)
    }
}

/// What one promotion took off one line.
#[derive(Clone, Copy)]
pub(crate) struct Reduction<'a> {
    /// The promotion.
    pub promotion: &'a Promotion,
    /// The code that let it in.
    pub code: Option<&'a str>,
    /// How much.
    pub amount: Money,
}
