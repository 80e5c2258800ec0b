//! Filters as shops speak of them, by slugs.

use model::catalog::Taxonomy;
use persistence::search::{self, Filter};

pub use persistence::search::{AttributeFilter, PriceRange};

/// The longest text that is searched for, in characters; the rest is ignored.
pub(super) const MAX_TEXT: usize = 200;
/// The most conditions of one filter, with all filters inside it; a text counts as 50.
pub(super) const MAX_CONDITIONS: usize = 500;

/// Conditions that all have to hold; an empty list does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductFilter {
    /// Words to be found.
    pub query: Option<String>,
    /// Slugs of product types, of which one has to match.
    pub product_types: Vec<String>,
    /// Makers, of which one has to match.
    pub vendors: Vec<String>,
    /// Paths of categories; products of one of them or below it match.
    pub categories: Vec<String>,
    /// Slugs of collections, of which one has to match.
    pub collections: Vec<String>,
    /// Labels, of which one has to match.
    pub tags: Vec<String>,
    /// For each attribute the values of which one has to match.
    pub attributes: Vec<AttributeFilter>,
    /// The range of the lowest price, in minor units of the request's currency.
    pub price_range: Option<PriceRange>,
    /// Whether it can be bought now, in the request's currency.
    pub is_available: Option<bool>,
    /// All of these hold.
    pub and: Vec<ProductFilter>,
    /// At least one of these holds.
    pub or: Vec<ProductFilter>,
    /// This does not hold.
    pub not: Option<Box<ProductFilter>>,
}

impl ProductFilter {
    /// The filter by ids; slugs of nothing match nothing.
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
        }
    }
}

fn ids<I>(slugs: &[String], find: impl Fn(&str) -> Option<I>) -> Option<Vec<I>> {
    (!slugs.is_empty()).then(|| slugs.iter().filter_map(|slug| find(slug)).collect())
}

/// The part of a text that is searched for.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}
