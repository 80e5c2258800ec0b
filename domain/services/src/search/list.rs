//! Product lists and searches.

use model::{
    Direction, PageError, PageRequest,
    catalog::Taxonomy,
    channels::RequestContext,
    ids::{CategoryId, CollectionId},
    search::{Cursor, Hit, Sort, SortKey},
};
use persistence::search::{FacetRequest, ProductPage, ProductQuery};

use super::{
    build::chain,
    facets::Facets,
    filter::{MAX_CONDITIONS, ProductFilter, shortened},
};
use crate::{App, ServiceError};

/// The conditions, order and page of a product list.
#[derive(Debug, Clone)]
pub struct ListProducts {
    /// The words to search for; the last one may be incomplete.
    pub text: Option<String>,
    /// The path of a category: only products in it or its descendants.
    pub category: Option<String>,
    /// Only products of this collection, in its order by default.
    pub collection: Option<CollectionId>,
    /// Further conditions.
    pub filter: ProductFilter,
    /// The order. The default is the best match for searches, the merchant's order for collections, and best-selling
    /// first for other lists.
    pub sort: Option<Sort>,
    /// The page.
    pub page: PageRequest<Cursor>,
    /// True if facets are counted.
    pub wants_facets: bool,
}

/// A page of products.
#[derive(Debug, Clone, Default)]
pub struct ProductList {
    /// The products, in order.
    pub hits: Vec<Hit>,
    /// The number of products in the whole list.
    pub total: u64,
    /// True if there are products after the page.
    pub has_next: bool,
    /// True if there are products before the page.
    pub has_previous: bool,
    /// The facets; empty unless they were requested.
    pub facets: Facets,
}

/// A product list failed.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The filter has too many conditions.
    #[error("a filter has at most {MAX_CONDITIONS} conditions, of which a query counts as 50")]
    FilterTooLarge,
    /// The page is not valid.
    #[error(transparent)]
    Page(#[from] PageError),
    /// A failure.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<persistence::StoreError> for SearchError {
    fn from(error: persistence::StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// The products that are published in the channel; none for an unknown category.
pub(crate) async fn list_products(
    app: &App,
    context: &RequestContext,
    input: ListProducts,
) -> Result<ProductList, SearchError> {
    let taxonomy = app.catalog.taxonomy().await?;
    let category = match input.category.as_deref() {
        Some(slug) => match taxonomy.category_by_slug(slug) {
            Some(category) => Some(category.id),
            None => return Ok(ProductList::default()),
        },
        None => None,
    };
    let query = query(app, context, &taxonomy, category, input)?;
    let page = app.search.find(query).await?;
    let ProductPage { hits, total, has_next, has_previous, facets } = page;
    let facets = Facets { counts: facets, taxonomy, locales: context.locales.clone() };
    Ok(ProductList { hits, total, has_next, has_previous, facets })
}

fn query(
    app: &App,
    context: &RequestContext,
    taxonomy: &Taxonomy,
    category: Option<CategoryId>,
    input: ListProducts,
) -> Result<ProductQuery, SearchError> {
    let filter = input.filter.resolve(taxonomy);
    if filter.weight() > MAX_CONDITIONS {
        return Err(SearchError::FilterTooLarge);
    }
    let collection = input.collection.or_else(|| only_collection(&input.filter, taxonomy));
    let text = input.text.as_deref().map(shortened);
    let sort = input.sort.unwrap_or_else(|| default_sort(text.is_some(), collection.is_some()));
    if input.page.cursor.as_ref().is_some_and(|cursor| !cursor.belongs_to(sort.key)) {
        return Err(PageError::Cursor.into());
    }
    let children = || taxonomy.children_of(category).map(|child| child.id).collect();
    Ok(ProductQuery {
        channel: Some(context.channel.id),
        currency: context.currency,
        names: chain(&context.locales),
        text: text.filter(|text| !text.trim().is_empty()),
        category,
        collection,
        filter,
        sort,
        page: input.page,
        facets: input.wants_facets.then(|| FacetRequest { categories: children() }),
        now: app.clock.now(),
    })
}

/// The only collection of a filter, which determines the manual order.
fn only_collection(filter: &ProductFilter, taxonomy: &Taxonomy) -> Option<CollectionId> {
    match filter.collections.as_slice() {
        [only] => taxonomy.collection_by_slug(only).map(|collection| collection.id),
        _ => None,
    }
}

const fn default_sort(has_text: bool, has_collection: bool) -> Sort {
    match (has_text, has_collection) {
        (false, true) => Sort { key: SortKey::Manual, direction: Direction::Ascending },
        _ => Sort { key: SortKey::Relevance, direction: Direction::Descending },
    }
}
