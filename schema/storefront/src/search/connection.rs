//! A page of products with the facets of the whole list.

use std::collections::HashMap;

use async_graphql::{Context, Object, Result};
use schema_shared::{BadUserInput, PageInfo, ReadyList, ReadyObject, RequestExt};
use services::search::{self, Cursor, Hit, ListProducts, SearchError, list_products};

use crate::catalog::Product;

/// An entry of a list of products.
pub struct ProductEdge {
    cursor: Cursor,
    node: Product,
}

/// An entry of a list of products with its place in it.
#[Object]
impl ProductEdge {
    /// The place of the entry, to be given as `after` or `before`.
    fn cursor(&self) -> String {
        self.cursor.to_string()
    }

    /// The product.
    fn node(&self) -> &Product {
        &self.node
    }
}

/// One page of a list of products.
pub struct ProductConnection {
    edges: Vec<ProductEdge>,
    page_info: PageInfo,
    total: u64,
    facets: search::Facets,
}

/// One page of a list of products, with counts over the whole list.
#[Object]
impl ProductConnection {
    /// The products with their cursors.
    fn edges(&self) -> &[ProductEdge] {
        &self.edges
    }

    /// The products.
    fn nodes(&self) -> Vec<&Product> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where the page starts and ends, and whether there is more.
    fn page_info(&self) -> ReadyObject<&PageInfo> {
        ReadyObject(&self.page_info)
    }

    /// How many products the whole list has.
    fn total_count(&self) -> u64 {
        self.total
    }

    /// What the list can be narrowed by: categories one level down, product types, vendors, then attributes, those
    /// that most products have first; at most 16. Values of one facet widen the list, several facets narrow it: so a
    /// facet that is filtered by counts what its other values would bring.
    fn facets(&self) -> ReadyList<Facet<'_>> {
        self.facets.iter().map(Facet).collect()
    }

    /// Suggested spelling of the search words. Always null: spelling is not corrected today.
    async fn did_you_mean(&self) -> Option<&str> {
        None
    }
}

/// A property of products with the values that a list has.
pub struct Facet<'a>(search::Facet<'a>);

/// A property that a list of products can be narrowed by.
#[Object]
impl Facet<'_> {
    /// What filters call it: `category`, `product_type`, `vendor`, or the slug of an attribute.
    fn slug(&self) -> &str {
        self.0.slug()
    }

    /// Its name for people.
    fn name(&self) -> &str {
        self.0.name()
    }

    /// Its values, most frequent first, at most 20 and those that are filtered by; categories in their display order.
    fn values(&self) -> ReadyList<FacetValue<'_>> {
        self.0.values().map(FacetValue).collect()
    }
}

/// A value of a facet.
pub struct FacetValue<'a>(search::FacetValue<'a>);

/// A value of a facet.
#[Object]
impl FacetValue<'_> {
    /// What filters take.
    fn value(&self) -> &str {
        self.0.value
    }

    /// What people read.
    fn label(&self) -> &str {
        &self.0.label
    }

    /// How many products of the list have it.
    fn count(&self) -> u64 {
        self.0.count
    }
}

/// Answers a list; what is not selected is not looked up.
///
/// # Errors
/// Wrong input, or a store's error.
pub async fn list(ctx: &Context<'_>, input: ListProducts) -> Result<ProductConnection> {
    let request = ctx.request()?;
    let selected = |field: &str| ctx.look_ahead().field(field).exists();
    let input = ListProducts { wants_facets: selected("facets"), ..input };
    let found = list_products(&request.app, &request.actor, request.context()?, input).await.map_err(refused)?;
    let page_info = PageInfo {
        has_next_page: found.has_next,
        has_previous_page: found.has_previous,
        start_cursor: found.hits.first().map(|hit| hit.cursor.to_string()),
        end_cursor: found.hits.last().map(|hit| hit.cursor.to_string()),
    };
    let edges = if selected("nodes") || selected("edges") { edges(ctx, found.hits).await? } else { Vec::new() };
    Ok(ProductConnection { edges, page_info, total: found.total, facets: found.facets })
}

/// The products of the page. The index may be a moment behind: what is not to be seen any more is left out.
async fn edges(ctx: &Context<'_>, hits: Vec<Hit>) -> Result<Vec<ProductEdge>> {
    let request = ctx.request()?;
    let ids = hits.iter().map(|hit| hit.id).collect();
    let mut products: HashMap<_, _> = request.loaders().products().load_many(ids).await?;
    let now = request.app.clock.now();
    let channel = request.context()?.channel.id;
    products.retain(|_, product| product.is_published(channel, now));
    let edge = |hit: Hit| {
        let node = Product(products.remove(&hit.id)?);
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
