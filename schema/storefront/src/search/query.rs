//! Root fields of lists, search and suggestions.

use async_graphql::{Context, Object, Result, SimpleObject};
use model::{PageError, PageRequest, ids::CollectionId};
use schema_shared::{ConnectionArgs, RequestExt, connection_fields};
use services::search::{Cursor, ListProducts, suggest};

use super::{
    connection::{ProductConnection, list, refused},
    inputs::{ProductFilter, ProductSort},
};
use crate::catalog::{Category, Product};

/// Finds products.
#[derive(Default)]
pub struct SearchQuery;

/// What a shopper who is still typing may mean.
#[derive(SimpleObject)]
pub struct SearchSuggestions {
    /// Texts to search for, the most frequent first; each finds something.
    queries: Vec<String>,
    /// Products that match, best first.
    products: Vec<Product>,
    /// Categories whose name matches, those nearest to the root first.
    categories: Vec<Category>,
}

/// Reads the arguments of a list of products.
///
/// # Errors
/// [`PageError`] where they contradict each other, are out of bounds or do not belong to such a list.
pub fn page(args: ConnectionArgs) -> Result<PageRequest<Cursor>, PageError> {
    args.page_with(str::parse)
}

/// The products of a collection in the merchant's order.
///
/// # Errors
/// Wrong input, or a store's error.
pub async fn list_collection(
    ctx: &Context<'_>,
    collection: CollectionId,
    page: PageRequest<Cursor>,
) -> Result<ProductConnection> {
    Box::pin(list(ctx, ListProducts { collection: Some(collection), ..everything(page) })).await
}

/// The products of a category and of those below it.
///
/// # Errors
/// Wrong input, or a store's error.
pub async fn list_category(ctx: &Context<'_>, path: &str, page: PageRequest<Cursor>) -> Result<ProductConnection> {
    Box::pin(list(ctx, ListProducts { category: Some(path.to_owned()), ..everything(page) })).await
}

fn everything(page: PageRequest<Cursor>) -> ListProducts {
    ListProducts {
        text: None,
        category: None,
        collection: None,
        filter: services::search::ProductFilter::default(),
        sort: None,
        page,
        wants_facets: false,
    }
}

#[connection_fields]
#[Object]
impl SearchQuery {
    /// Products of the channel; by default what sells best first, then what is newest. An unknown category has none.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the GraphQL field")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The path of a category, such as `clothing/tops`: products in it or below it.")]
        category: Option<String>,
        #[graphql(desc = "Further conditions.")] filter: Option<ProductFilter>,
        #[graphql(desc = "The order.")] sort: Option<ProductSort>,
        args: ConnectionArgs,
    ) -> Result<ProductConnection> {
        let filter = filter.unwrap_or_default().read(ctx.request()?.context()?.currency)?;
        let page = page(args)?;
        list(ctx, ListProducts { category, filter, sort: sort.map(Into::into), ..everything(page) }).await
    }

    /// Products that have all the words, the last of which may be unfinished; by default the best match first: names
    /// count more than vendors, tags, attributes and article numbers, these more than descriptions. An empty text
    /// finds everything.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the GraphQL field")]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The words; of a long text the first 200 characters and 12 words count.")] query: String,
        #[graphql(desc = "Further conditions.")] filter: Option<ProductFilter>,
        #[graphql(desc = "The order.")] sort: Option<ProductSort>,
        args: ConnectionArgs,
    ) -> Result<ProductConnection> {
        let filter = filter.unwrap_or_default().read(ctx.request()?.context()?.currency)?;
        let page = page(args)?;
        list(ctx, ListProducts { text: Some(query), filter, sort: sort.map(Into::into), ..everything(page) }).await
    }

    /// What a shopper who is still typing may mean; nothing for an empty text.
    async fn suggest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was typed so far.")] prefix: String,
        #[graphql(desc = "How many of each kind at most, 1 to 20.", default = 8, validator(minimum = 1, maximum = 20))]
        first: i32,
    ) -> Result<SearchSuggestions> {
        let request = ctx.request()?;
        let limit = usize::try_from(first).unwrap_or(1);
        let found = suggest(&request.app, &request.actor, request.context()?, &prefix, limit).await.map_err(refused)?;
        let mut products = request.loaders().products().load_many(found.products.clone()).await?;
        let taxonomy = request.app.catalog.taxonomy().await?;
        Ok(SearchSuggestions {
            queries: found.queries,
            products: found.products.iter().filter_map(|id| products.remove(id).map(Product)).collect(),
            categories: found.categories.into_iter().map(|id| Category::new(&taxonomy, id)).collect(),
        })
    }
}
