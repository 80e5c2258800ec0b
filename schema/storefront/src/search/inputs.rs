//! What lists of products are filtered and sorted by.

use async_graphql::{Enum, InputObject, Result};
use model::{Currency, Direction};
use schema_shared::{BadUserInput, Decimal};
use services::search;

/// Which products; all conditions that are given have to hold. An empty list does not restrict.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ProductFilter {
    /// Words to be found in names, keywords or descriptions; the last may be unfinished.
    query: Option<String>,
    /// Slugs of product types, of which one has to match.
    product_types: Option<Vec<String>>,
    /// Vendors, of which one has to match.
    vendors: Option<Vec<String>>,
    /// Paths of categories, such as `clothing/tops`; products in one of them or below it match.
    categories: Option<Vec<String>>,
    /// A range of the lowest price, in the currency of the request.
    price_range: Option<PriceRangeInput>,
    /// Whether at least one variant can be bought now.
    is_available: Option<bool>,
    /// Values of attributes: for each entry one of its values has to match.
    attributes: Option<Vec<AttributeFilter>>,
    /// Slugs of collections, of which one has to match.
    collections: Option<Vec<String>>,
    /// Labels, of which one has to match.
    tags: Option<Vec<String>>,
    /// All of these have to hold.
    and: Option<Vec<ProductFilter>>,
    /// At least one of these has to hold.
    or: Option<Vec<ProductFilter>>,
    /// This must not hold.
    not: Option<Box<ProductFilter>>,
}

/// A range of prices, both ends included.
#[derive(Debug, Clone, InputObject)]
pub struct PriceRangeInput {
    /// At least this much, in the currency of the request.
    min: Option<Decimal>,
    /// At most this much, in the currency of the request.
    max: Option<Decimal>,
}

/// A condition on an attribute.
#[derive(Debug, Clone, InputObject)]
pub struct AttributeFilter {
    /// The attribute's slug, as in the facet.
    slug: String,
    /// Values, of which one has to match.
    values: Vec<String>,
}

/// An order of products.
#[derive(Debug, Clone, InputObject)]
pub struct ProductSort {
    /// What decides.
    key: ProductSortKey,
    /// Which way; products without a value come last either way.
    #[graphql(default)]
    direction: SortDirection,
}

/// What the order of products is decided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ProductSortKey {
    /// How well the words match (descending is best first); without words what sells best.
    Relevance,
    /// The lowest price in the currency of the request.
    Price,
    /// The name in the language of the request.
    Name,
    /// When the product was created.
    CreatedAt,
    /// How well it sells (descending is best first). Until sales are counted all products sell alike, and the newest
    /// come first.
    BestSelling,
    /// The merchant's order of a collection; elsewhere what sells best.
    Manual,
}

/// Which way an order runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
pub enum SortDirection {
    /// Smallest, oldest or first first.
    #[default]
    Asc,
    /// Largest, newest or last first.
    Desc,
}

impl ProductFilter {
    /// The filter as services take it.
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
        let direction = match sort.direction {
            SortDirection::Asc => Direction::Ascending,
            SortDirection::Desc => Direction::Descending,
        };
        Self { key, direction }
    }
}
