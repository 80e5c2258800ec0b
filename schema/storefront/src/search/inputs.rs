//! Filters and sort orders of product lists.

use async_graphql::{Enum, InputObject, Result};
use model::Currency;
use schema_shared::{BadUserInput, Decimal, SortDirection};
use services::search;

/// Conditions for a list of products; all given conditions must be met. An empty list is no condition.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ProductFilter {
    /// Words in names, keywords or descriptions; the last word can be incomplete.
    query: Option<String>,
    /// Slugs of product types, of which one must match.
    product_types: Option<Vec<String>>,
    /// Vendors, of which one must match.
    vendors: Option<Vec<String>>,
    /// Slug paths of categories, such as `clothing/tops`, of which one must match. Subcategories are included.
    categories: Option<Vec<String>>,
    /// Range of the lowest price, in the currency of the request.
    price_range: Option<PriceRangeInput>,
    /// True for products with at least one variant that can be bought now; false for the others.
    is_available: Option<bool>,
    /// Conditions on attributes, all of which must be met.
    attributes: Option<Vec<AttributeFilter>>,
    /// Slugs of collections, of which one must match.
    collections: Option<Vec<String>>,
    /// Labels, of which one must match.
    tags: Option<Vec<String>>,
    /// Filters that must all match.
    and: Option<Vec<ProductFilter>>,
    /// Filters of which at least one must match.
    or: Option<Vec<ProductFilter>>,
    /// Filter that must not match.
    not: Option<Box<ProductFilter>>,
}

/// A range of prices, both ends included.
#[derive(Debug, Clone, InputObject)]
pub struct PriceRangeInput {
    /// Minimum price in the currency of the request.
    min: Option<Decimal>,
    /// Maximum price in the currency of the request.
    max: Option<Decimal>,
}

/// A condition on an attribute.
#[derive(Debug, Clone, InputObject)]
pub struct AttributeFilter {
    /// Slug of the attribute, as in the facet.
    slug: String,
    /// Values, of which one must match.
    values: Vec<String>,
}

/// A sort order of products.
#[derive(Debug, Clone, InputObject)]
pub struct ProductSort {
    /// Property to sort by.
    key: ProductSortKey,
    /// Direction of the order; products without a value come last in either direction.
    #[graphql(default)]
    direction: SortDirection,
}

/// The properties that products can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ProductSortKey {
    /// Relevance of the words (`DESC` is best first); best sellers without words.
    Relevance,
    /// Lowest price in the currency of the request.
    Price,
    /// Name in the language of the request.
    Name,
    /// Time at which the product was created.
    CreatedAt,
    /// Units sold in the last 30 days (`DESC` is best first); the newest product comes first among equals. Refreshed in
    /// the background.
    BestSelling,
    /// The merchant's order in a collection; best sellers elsewhere.
    Manual,
}

impl ProductFilter {
    /// The filter of the use case.
    pub(super) fn read(self, currency: Currency) -> Result<search::ProductFilter> {
        let all = |filters: Option<Vec<Self>>| -> Result<Vec<_>> {
            filters.unwrap_or_default().into_iter().map(|filter| filter.read(currency)).collect()
        };
        let attributes = self.attributes.unwrap_or_default().into_iter();
        Ok(search::ProductFilter {
            query: self.query,
            product_types: self.product_types.unwrap_or_default(),
            vendors: self.vendors.unwrap_or_default(),
            categories: self.categories.unwrap_or_default(),
            collections: self.collections.unwrap_or_default(),
            tags: self.tags.unwrap_or_default(),
            attributes: attributes.map(|one| search::AttributeFilter { slug: one.slug, values: one.values }).collect(),
            price_range: self.price_range.map(|range| range.read(currency)).transpose()?,
            is_available: self.is_available,
            and: all(self.and)?,
            or: all(self.or)?,
            not: self.not.map(|filter| filter.read(currency).map(Box::new)).transpose()?,
        })
    }
}

impl PriceRangeInput {
    fn read(self, currency: Currency) -> Result<search::PriceRange> {
        let minor = |amount: Option<Decimal>| -> Result<Option<i64>> {
            let Some(amount) = amount else { return Ok(None) };
            let money = amount.to_money(currency).map_err(|error| BadUserInput(format!("priceRange: {error}")))?;
            Ok(Some(money.minor))
        };
        Ok(search::PriceRange { min: minor(self.min)?, max: minor(self.max)? })
    }
}

impl From<ProductSort> for search::Sort {
    fn from(sort: ProductSort) -> Self {
        let key = match sort.key {
            ProductSortKey::Relevance => search::SortKey::Relevance,
            ProductSortKey::Price => search::SortKey::Price,
            ProductSortKey::Name => search::SortKey::Name,
            ProductSortKey::CreatedAt => search::SortKey::CreatedAt,
            ProductSortKey::BestSelling => search::SortKey::BestSelling,
            ProductSortKey::Manual => search::SortKey::Manual,
        };
        Self { key, direction: sort.direction.into() }
    }
}
