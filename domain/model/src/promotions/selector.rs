//! Selection of products by conditions and actions.

use serde::{Deserialize, Serialize};

use crate::{
    catalog::Product,
    ids::{CategoryId, CollectionId, ProductId},
};

/// A selection of products: those in any of the categories (including descendants) or collections, or listed directly.
/// An empty selector selects all products.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProductSelector {
    /// Categories, including their descendants.
    #[serde(default)]
    pub categories: Vec<CategoryId>,
    /// Collections whose products are selected.
    #[serde(default)]
    pub collections: Vec<CollectionId>,
    /// Products that are selected directly.
    #[serde(default)]
    pub products: Vec<ProductId>,
}

impl ProductSelector {
    /// True if the product is selected. `above` contains its categories with their ancestors, `collections` the
    /// collections that contain it.
    #[must_use]
    pub fn selects(&self, product: &Product, above: &[CategoryId], collections: &[CollectionId]) -> bool {
        self.is_empty()
            || self.products.contains(&product.id)
            || self.collections.iter().any(|collection| collections.contains(collection))
            || self.categories.iter().any(|category| above.contains(category))
    }

    /// True if the selector is empty and thus selects all products.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.categories.is_empty() && self.collections.is_empty() && self.products.is_empty()
    }
}
