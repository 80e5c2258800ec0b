//! Lists and searches of products.

use model::{
    Direction, PageError, PageRequest,
    access::Actor,
    catalog::Taxonomy,
    channels::RequestContext,
    ids::{CategoryId, CollectionId},
};
use persistence::search::{Cursor, FacetRequest, Hit, ProductPage, ProductQuery, Sort, SortKey};

use super::{
    build::chain,
    facets::Facets,
    filter::{MAX_CONDITIONS, ProductFilter, shortened},
};
use crate::{App, ServiceError};

/// Which products, in which order, and which part of them.
#[derive(Debug, Clone)]
pub struct ListProducts {
    /// Words to search for; the last may be unfinished.
    pub text: Option<String>,
    /// The path of a category: products in it or below it.
    pub category: Option<String>,
    /// Products of this collection, in its order unless another one is asked for.
    pub collection: Option<CollectionId>,
    /// Further conditions.
    pub filter: ProductFilter,
    /// The order. By default searches start with the best match, collections with their order, other lists with what
    /// sells best.
    pub sort: Option<Sort>,
    /// Which part.
    pub page: PageRequest<Cursor>,
    /// Whether to count facets.
    pub wants_facets: bool,
}

/// A page of products.
#[derive(Debug, Clone, Default)]
pub struct ProductList {
    /// The products, in order.
    pub hits: Vec<Hit>,
    /// How many products the whole list has.
    pub total: u64,
    /// Whether the list goes on after the page.
    pub has_next: bool,
    /// Whether the list starts before the page.
    pub has_previous: bool,
    /// The facets, when asked for.
    pub facets: Facets,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The filter holds too much.
    #[error("a filter has at most {MAX_CONDITIONS} conditions, of which a query counts as 50")]
    FilterTooLarge,
    /// The page cannot be told.
    #[error(transparent)]
    Page(#[from] PageError),
    /// Anything else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<persistence::StoreError> for SearchError {
    fn from(error: persistence::StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// Products that shoppers of the channel may see. Anybody may ask; an unknown category has none.
///
/// # Errors
/// [`SearchError`] for a filter or page that cannot be, or a store's.
pub async fn list_products(
    app: &App,
    _: &Actor,
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
        channel: context.channel.id,
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

/// The collection that a filter names alone, whose order is the manual one then.
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
