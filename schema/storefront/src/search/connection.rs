//! A page of products with the facets of the whole list.

use async_graphql::{Context, Object, Result};
use schema_shared::{BadUserInput, PageInfo, ReadyList, ReadyObject, RequestExt};
use services::search::{self, Cursor, Hit, ListProducts, SearchError};

use crate::catalog::Product;

/// An entry of a list of products.
pub struct ProductEdge {
    cursor: Cursor,
    node: Product,
}

/// An entry of a list of products with its cursor.
#[Object]
impl ProductEdge {
    /// Cursor of the entry for `after` or `before`.
    fn cursor(&self) -> String {
        self.cursor.to_string()
    }

    /// Product of the entry.
    fn node(&self) -> &Product {
        &self.node
    }
}

/// A page of a list of products.
pub struct ProductConnection {
    edges: Vec<ProductEdge>,
    page_info: PageInfo,
    total: u64,
    facets: search::Facets,
}

/// A page of a list of products, with facets of the whole list.
#[Object]
impl ProductConnection {
    /// Products of the page with their cursors.
    fn edges(&self) -> &[ProductEdge] {
        &self.edges
    }

    /// Products of the page.
    fn nodes(&self) -> Vec<&Product> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Position of the page in its list.
    fn page_info(&self) -> ReadyObject<&PageInfo> {
        ReadyObject(&self.page_info)
    }

    /// Number of products in the whole list.
    fn total_count(&self) -> u64 {
        self.total
    }

    /// Facets for narrowing the list, at most 16: subcategories, product types, vendors, then the most frequent
    /// attributes. Several values of one facet widen the list; several facets narrow it. The counts of a filtered facet
    /// therefore ignore its own filter.
    fn facets(&self) -> ReadyList<Facet<'_>> {
        self.facets.iter().map(Facet).collect()
    }

    /// Suggested spelling of the search words. Always null: spelling is not corrected today.
    async fn did_you_mean(&self) -> Option<&str> {
        None
    }
}

/// A property that a list of products can be filtered by.
pub struct Facet<'a>(search::Facet<'a>);

/// A property that a list of products can be filtered by.
#[Object]
impl Facet<'_> {
    /// Slug for filters: `category`, `product_type`, `vendor`, or the slug of an attribute.
    fn slug(&self) -> &str {
        self.0.slug()
    }

    /// Name of the facet for people.
    fn name(&self) -> &str {
        self.0.name()
    }

    /// The 20 most frequent values and all filtered values; categories are in display order.
    fn values(&self) -> ReadyList<FacetValue<'_>> {
        self.0.values().map(FacetValue).collect()
    }
}

/// A value of a facet.
pub struct FacetValue<'a>(search::FacetValue<'a>);

/// A value of a facet.
#[Object]
impl FacetValue<'_> {
    /// Value for filters.
    fn value(&self) -> &str {
        self.0.value
    }

    /// Label of the value for people.
    fn label(&self) -> &str {
        &self.0.label
    }

    /// Number of products in the list that have the value.
    fn count(&self) -> u64 {
        self.0.count
    }
}

/// Loads a list of products. Data that is not selected is not loaded.
///
/// # Errors
/// [`BadUserInput`] or [`PageError`](model::PageError) for wrong arguments, or the failure of a store.
pub async fn list(ctx: &Context<'_>, input: ListProducts) -> Result<ProductConnection> {
    let request = ctx.request()?;
    let selected = |field: &str| ctx.look_ahead().field(field).exists();
    let input = ListProducts { wants_facets: selected("facets"), ..input };
    let found = request.storefront()?.products(input).await.map_err(refused)?;
    let page_info = PageInfo {
        has_next_page: found.has_next,
        has_previous_page: found.has_previous,
        start_cursor: found.hits.first().map(|hit| hit.cursor.to_string()),
        end_cursor: found.hits.last().map(|hit| hit.cursor.to_string()),
    };
    let edges = if selected("nodes") || selected("edges") { edges(ctx, found.hits).await? } else { Vec::new() };
    Ok(ProductConnection { edges, page_info, total: found.total, facets: found.facets })
}

/// The products of the page. The index may lag by a second, so products that are no longer visible are left out.
async fn edges(ctx: &Context<'_>, hits: Vec<Hit>) -> Result<Vec<ProductEdge>> {
    let request = ctx.request()?;
    let storefront = request.storefront()?;
    let keys = hits.iter().map(|hit| storefront.key(hit.id)).collect();
    let mut products = request.loaders().visible_products().load_many(keys).await?;
    let edge = |hit: Hit| {
        let node = Product(products.remove(&storefront.key(hit.id))?);
        Some(ProductEdge { cursor: hit.cursor, node })
    };
    Ok(hits.into_iter().filter_map(edge).collect())
}

pub(super) fn refused(error: SearchError) -> async_graphql::Error {
    match error {
        SearchError::FilterTooLarge => BadUserInput(error.to_string()).into(),
        SearchError::Page(error) => error.into(),
        SearchError::Service(error) => error.into(),
    }
}
