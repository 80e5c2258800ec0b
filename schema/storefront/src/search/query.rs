//! Root fields of lists, search and suggestions.

use async_graphql::{Context, Object, Result, SimpleObject};
use model::{PageError, PageRequest, ids::CollectionId};
use schema_shared::{ConnectionArgs, RequestExt, connection_fields};
use services::search::{Cursor, ListProducts};

use super::{
    connection::{ProductConnection, list, refused},
    inputs::{ProductFilter, ProductSort},
};
use crate::catalog::{Category, Product};

/// Queries of product lists, search and suggestions.
#[derive(Default)]
pub struct SearchQuery;

/// Suggestions for incomplete search words.
#[derive(SimpleObject)]
pub struct SearchSuggestions {
    /// Search words, most frequent first; each finds at least one product.
    queries: Vec<String>,
    /// Matching products, best match first.
    products: Vec<Product>,
    /// Matching categories, those closest to the root first.
    categories: Vec<Category>,
}

/// The requested page of a list of products.
///
/// # Errors
/// [`PageError`] if the arguments contradict each other, are out of bounds or do not belong to such a list.
pub fn page(args: ConnectionArgs) -> Result<PageRequest<Cursor>, PageError> {
    args.page_with(str::parse)
}

/// The products of a collection in the merchant's order.
///
/// # Errors
/// See [`list`].
pub async fn list_collection(
    ctx: &Context<'_>,
    collection: CollectionId,
    page: PageRequest<Cursor>,
) -> Result<ProductConnection> {
    Box::pin(list(ctx, ListProducts { collection: Some(collection), ..everything(page) })).await
}

/// The products of a category and its subcategories.
///
/// # Errors
/// See [`list`].
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
    /// Products of the channel, by default best sellers first, then the newest. Empty for an unknown category.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the GraphQL field")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug path of a category, such as `clothing/tops`; its subcategories are included.")]
        category: Option<String>,
        #[graphql(desc = "Conditions that the products must meet.")] filter: Option<ProductFilter>,
        #[graphql(desc = "Sort order; best sellers first if absent.")] sort: Option<ProductSort>,
        args: ConnectionArgs,
    ) -> Result<ProductConnection> {
        let filter = filter.unwrap_or_default().read(ctx.request()?.context()?.currency)?;
        let page = page(args)?;
        list(ctx, ListProducts { category, filter, sort: sort.map(Into::into), ..everything(page) }).await
    }

    /// Products that contain all words, by default the best match first; the last word can be incomplete. Names count
    /// more than vendors, tags, attributes and SKUs, and these more than descriptions. An empty text matches all
    /// products.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the GraphQL field")]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Search words; the first 200 characters and 12 words count.")] query: String,
        #[graphql(desc = "Conditions that the products must meet.")] filter: Option<ProductFilter>,
        #[graphql(desc = "Sort order; the best match first if absent.")] sort: Option<ProductSort>,
        args: ConnectionArgs,
    ) -> Result<ProductConnection> {
        let filter = filter.unwrap_or_default().read(ctx.request()?.context()?.currency)?;
        let page = page(args)?;
        list(ctx, ListProducts { text: Some(query), filter, sort: sort.map(Into::into), ..everything(page) }).await
    }

    /// Suggestions for incomplete search words; empty for an empty text.
    async fn suggest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Text entered so far.")] prefix: String,
        #[graphql(
            desc = "Maximum number of suggestions of each kind, 1 to 20.",
            default = 8,
            validator(minimum = 1, maximum = 20)
        )]
        first: i32,
    ) -> Result<SearchSuggestions> {
        let storefront = ctx.request()?.storefront()?;
        // The validator admits 1 to 20.
        let limit = usize::try_from(first).unwrap_or(1);
        let found = storefront.suggest(&prefix, limit).await.map_err(refused)?;
        let taxonomy = storefront.taxonomy().await?;
        Ok(SearchSuggestions {
            queries: found.queries,
            products: found.products.into_iter().map(Product).collect(),
            categories: found.categories.into_iter().map(|id| Category::new(&taxonomy, id)).collect(),
        })
    }
}
