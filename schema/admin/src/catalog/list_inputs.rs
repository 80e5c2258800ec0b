//! Filters and sort orders of lists of products and variants.

use async_graphql::{Enum, InputObject};
use chrono::{DateTime, Utc};
use model::catalog::ProductStatus;
use schema_shared::SortDirection;
use services::{
    catalog::Ref,
    search::{self, StaffProductFilter},
};

/// Conditions for a list of products; all given conditions must be met. An empty list is no condition, and a reference
/// to an unknown object matches no product.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ProductFilter {
    /// Words in names, keywords, SKUs or descriptions; the last word can be incomplete. The first 200 characters and 12
    /// words count.
    query: Option<String>,
    /// SKU of a variant of the product.
    sku: Option<String>,
    /// Current slug of the product.
    slug: Option<String>,
    /// Reference of the product in an external system.
    external_reference: Option<String>,
    /// Statuses, of which one must match.
    status: Option<Vec<ProductStatus>>,
    /// Global ids or slug paths of categories, of which one must match. Subcategories are included.
    categories: Option<Vec<String>>,
    /// Global ids or slugs of collections, of which one must match.
    collections: Option<Vec<String>>,
    /// Global ids or slugs of product types, of which one must match.
    product_types: Option<Vec<String>>,
    /// Vendors, of which one must match.
    vendors: Option<Vec<String>>,
    /// Labels, of which one must match.
    tags: Option<Vec<String>>,
    /// Global ids or slugs of channels; the product must be published in one of them, now or at a set time. An archived
    /// product is in none.
    channels: Option<Vec<String>>,
    /// Time after which the product was changed. A list with only this condition, sorted by `UPDATED_AT` in ascending
    /// order, misses no change, whichever process makes it; a change may appear in it although its `updatedAt` is
    /// slightly earlier.
    updated_after: Option<DateTime<Utc>>,
    /// Time after which the product was created.
    created_after: Option<DateTime<Utc>>,
    /// Filters that must all match.
    and: Option<Vec<ProductFilter>>,
    /// Filters of which at least one must match.
    or: Option<Vec<ProductFilter>>,
    /// Filter that must not match.
    not: Option<Box<ProductFilter>>,
}

impl From<ProductFilter> for StaffProductFilter {
    fn from(filter: ProductFilter) -> Self {
        let refs = |named: Option<Vec<String>>| named.unwrap_or_default().into_iter().map(Ref).collect();
        let all =
            |filters: Option<Vec<ProductFilter>>| filters.unwrap_or_default().into_iter().map(Self::from).collect();
        Self {
            query: filter.query,
            sku: filter.sku,
            slug: filter.slug,
            external_reference: filter.external_reference,
            status: filter.status.unwrap_or_default(),
            categories: refs(filter.categories),
            collections: refs(filter.collections),
            product_types: refs(filter.product_types),
            vendors: filter.vendors.unwrap_or_default(),
            tags: filter.tags.unwrap_or_default(),
            channels: refs(filter.channels),
            updated_after: filter.updated_after,
            created_after: filter.created_after,
            and: all(filter.and),
            or: all(filter.or),
            not: filter.not.map(|filter| Box::new(Self::from(*filter))),
        }
    }
}

/// A sort order of products.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct ProductSort {
    /// Property to sort by.
    key: ProductSortKey,
    /// Direction of the order.
    #[graphql(default)]
    direction: SortDirection,
}

/// The properties that products can be sorted by; products with equal values are ordered by their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ProductSortKey {
    /// Relevance of the words of `query` (`DESC` is best first); units sold without words.
    Relevance,
    /// Name in the default language, without regard to case and accents.
    Name,
    /// Time at which the product was created.
    CreatedAt,
    /// Time of the last change. In this order, lists without conditions other than `updatedAfter` miss no change.
    UpdatedAt,
}

impl From<ProductSort> for search::Sort {
    fn from(sort: ProductSort) -> Self {
        let key = match sort.key {
            ProductSortKey::Relevance => search::SortKey::Relevance,
            ProductSortKey::Name => search::SortKey::Name,
            ProductSortKey::CreatedAt => search::SortKey::CreatedAt,
            ProductSortKey::UpdatedAt => search::SortKey::UpdatedAt,
        };
        Self { key, direction: sort.direction.into() }
    }
}

/// Conditions for a list of variants; all given conditions must be met. An empty list is no condition.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ProductVariantFilter {
    /// SKUs, of which one must match; at most 500.
    #[graphql(validator(max_items = 500))]
    skus: Option<Vec<String>>,
    /// References in an external system, of which one must match; at most 500.
    #[graphql(validator(max_items = 500))]
    external_references: Option<Vec<String>>,
    /// Words in SKU, barcode, references, vendor and the names of variant and product; the last word can be incomplete.
    /// The first 12 words count.
    query: Option<String>,
    /// Time after which the product of the variant was changed. Sorted by `UPDATED_AT` in ascending order, the list
    /// misses no change; a change may appear in it although its `updatedAt` is slightly earlier.
    updated_after: Option<DateTime<Utc>>,
    /// Number of units: fewer are available, which are the units on hand less the allocated ones at all stock locations
    /// together. Variants whose stock is not tracked, and bundles, never match. Also needs `INVENTORY_READ`.
    below_quantity: Option<i64>,
}

impl From<ProductVariantFilter> for search::VariantFilter {
    fn from(filter: ProductVariantFilter) -> Self {
        Self {
            skus: filter.skus.unwrap_or_default(),
            external_references: filter.external_references.unwrap_or_default(),
            query: filter.query,
            updated_after: filter.updated_after,
            below_quantity: filter.below_quantity,
        }
    }
}

/// A sort order of variants.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct ProductVariantSort {
    /// Property to sort by.
    key: ProductVariantSortKey,
    /// Direction of the order.
    #[graphql(default)]
    direction: SortDirection,
}

/// The properties that variants can be sorted by; variants with equal values are ordered by their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ProductVariantSortKey {
    /// SKU, compared byte by byte.
    Sku,
    /// Time of the last change of the product.
    UpdatedAt,
}

impl From<ProductVariantSort> for search::VariantSort {
    fn from(sort: ProductVariantSort) -> Self {
        let key = match sort.key {
            ProductVariantSortKey::Sku => search::VariantSortKey::Sku,
            ProductVariantSortKey::UpdatedAt => search::VariantSortKey::UpdatedAt,
        };
        Self { key, direction: sort.direction.into() }
    }
}

/// Conditions for a list of deleted products.
#[derive(Debug, Clone, Copy, Default, InputObject)]
pub struct DeletedProductFilter {
    /// Time after which the product was deleted.
    pub(super) deleted_after: Option<DateTime<Utc>>,
}
