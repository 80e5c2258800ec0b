//! Filters of product lists: a tree of conditions with ids instead of slugs.

use model::{
    Timestamp,
    catalog::ProductStatus,
    ids::{CategoryId, ChannelId, CollectionId, ProductTypeId},
    search::{AttributeFilter, PriceRange},
};

/// Conditions combined with AND; `None` does not restrict the list.
/// A list matches products with any of its values, so an empty list matches none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Filter {
    /// Words that must occur in names, keywords or descriptions.
    pub text: Option<String>,
    /// One of these product types.
    pub product_types: Option<Vec<ProductTypeId>>,
    /// One of these vendors.
    pub vendors: Option<Vec<String>>,
    /// In one of these categories or their descendants.
    pub categories: Option<Vec<CategoryId>>,
    /// In one of these collections.
    pub collections: Option<Vec<CollectionId>>,
    /// With one of these tags.
    pub tags: Option<Vec<String>>,
    /// For each attribute one of the values.
    pub attributes: Vec<AttributeFilter>,
    /// The lowest price is in this range.
    pub price: Option<PriceRange>,
    /// True for products that are available now in the query's channel and currency.
    pub is_available: Option<bool>,
    /// With one of these slugs.
    pub slugs: Option<Vec<String>>,
    /// With a variant of one of these SKUs.
    pub skus: Option<Vec<String>>,
    /// With one of these references in an external system.
    pub references: Option<Vec<String>>,
    /// With one of these statuses.
    pub statuses: Option<Vec<ProductStatus>>,
    /// Published in one of these channels, now or later.
    pub channels: Option<Vec<ChannelId>>,
    /// Created after this time.
    pub created_after: Option<Timestamp>,
    /// Changed after this time.
    pub updated_after: Option<Timestamp>,
    /// All of these filters match.
    pub and: Vec<Filter>,
    /// At least one of these filters matches.
    pub or: Vec<Filter>,
    /// None of these filters matches.
    pub not: Vec<Filter>,
}

/// A text is looked up word by word, which costs as much as this number of conditions.
const TEXT_WEIGHT: usize = 50;

impl Filter {
    /// Number of conditions in the tree, to limit the work of a query; a text counts as 50.
    #[must_use]
    pub fn weight(&self) -> usize {
        let length = |list: Option<usize>| list.unwrap_or(0);
        let own = 1
            + self.text.as_ref().map_or(0, |_| TEXT_WEIGHT)
            + length(self.product_types.as_ref().map(Vec::len))
            + length(self.vendors.as_ref().map(Vec::len))
            + length(self.categories.as_ref().map(Vec::len))
            + length(self.collections.as_ref().map(Vec::len))
            + length(self.tags.as_ref().map(Vec::len))
            + length(self.slugs.as_ref().map(Vec::len))
            + length(self.skus.as_ref().map(Vec::len))
            + length(self.references.as_ref().map(Vec::len))
            + length(self.statuses.as_ref().map(Vec::len))
            + length(self.channels.as_ref().map(Vec::len))
            + self.attributes.iter().map(|attribute| 1 + attribute.values.len()).sum::<usize>();
        let below = self.and.iter().chain(&self.or).chain(&self.not).map(Self::weight).sum::<usize>();
        own + below
    }
}
