//! Which products a condition or an action is about.

use serde::{Deserialize, Serialize};

use crate::{
    catalog::Product,
    ids::{CategoryId, CollectionId, ProductId},
};

/// Products in any of the categories (with those below them) or collections, or named themselves; every product where
/// nothing is said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProductSelector {
    /// Categories, each with everything below it.
    #[serde(default)]
    pub categories: Vec<CategoryId>,
    /// Collections.
    #[serde(default)]
    pub collections: Vec<CollectionId>,
    /// Products.
    #[serde(default)]
    pub products: Vec<ProductId>,
}

impl ProductSelector {
    /// Whether the product is one of them. `above` holds its categories and all above those, `collections` those that
    /// hold it.
    #[must_use]
    pub fn selects(&self, product: &Product, above: &[CategoryId], collections: &[CollectionId]) -> bool {
        self.is_empty()
            || self.products.contains(&product.id)
            || self.collections.iter().any(|collection| collections.contains(collection))
            || self.categories.iter().any(|category| above.contains(category))
    }

    /// Whether it says nothing, and so selects everything.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.categories.is_empty() && self.collections.is_empty() && self.products.is_empty()
    }
}
