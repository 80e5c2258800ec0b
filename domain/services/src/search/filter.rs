//! Product filters by slugs.

use model::catalog::Taxonomy;
use persistence::search::{self, Filter};

pub use model::search::{AttributeFilter, PriceRange};

/// The maximum length of a searched text, in characters; the rest is ignored.
pub(super) const MAX_TEXT: usize = 200;
/// The maximum number of conditions of a filter, including nested filters; a text counts as 50.
pub(super) const MAX_CONDITIONS: usize = 500;

/// Conditions that must all hold; an empty list is no condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductFilter {
    /// The words to search for.
    pub query: Option<String>,
    /// Slugs of product types; one must match.
    pub product_types: Vec<String>,
    /// Vendors; one must match.
    pub vendors: Vec<String>,
    /// Paths of categories; the product must be in one of them or its descendants.
    pub categories: Vec<String>,
    /// Slugs of collections; one must match.
    pub collections: Vec<String>,
    /// Tags; one must match.
    pub tags: Vec<String>,
    /// Values by attribute; one value of each attribute must match.
    pub attributes: Vec<AttributeFilter>,
    /// The range of the lowest price, in minor units of the request's currency.
    pub price_range: Option<PriceRange>,
    /// True for products that can be bought now in the request's currency, false for the others.
    pub is_available: Option<bool>,
    /// Filters that must all match.
    pub and: Vec<ProductFilter>,
    /// Filters of which at least one must match.
    pub or: Vec<ProductFilter>,
    /// A filter that must not match.
    pub not: Option<Box<ProductFilter>>,
}

impl ProductFilter {
    /// The filter by ids; an unknown slug matches nothing.
    pub(super) fn resolve(&self, taxonomy: &Taxonomy) -> Filter {
        let all = |filters: &[Self]| filters.iter().map(|filter| filter.resolve(taxonomy)).collect();
        let attributes = self.attributes.iter().filter(|attribute| !attribute.values.is_empty());
        search::Filter {
            text: self.query.as_deref().map(shortened).filter(|text| !text.trim().is_empty()),
            product_types: ids(&self.product_types, |slug| Some(taxonomy.product_type_by_slug(slug)?.id)),
            vendors: (!self.vendors.is_empty()).then(|| self.vendors.clone()),
            categories: ids(&self.categories, |slug| Some(taxonomy.category_by_slug(slug)?.id)),
            collections: ids(&self.collections, |slug| Some(taxonomy.collection_by_slug(slug)?.id)),
            tags: (!self.tags.is_empty()).then(|| self.tags.clone()),
            attributes: attributes.cloned().collect(),
            price: self.price_range,
            is_available: self.is_available,
            and: all(&self.and),
            or: all(&self.or),
            not: self.not.iter().map(|filter| filter.resolve(taxonomy)).collect(),
            ..search::Filter::default()
        }
    }
}

fn ids<I>(slugs: &[String], find: impl Fn(&str) -> Option<I>) -> Option<Vec<I>> {
    (!slugs.is_empty()).then(|| slugs.iter().filter_map(|slug| find(slug)).collect())
}

/// The searched part of a text.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}
