//! Root fields of the catalog.

use async_graphql::{Context, ID, Object, Result};
use model::ids::{CategoryId, CollectionId, ProductId, ProductTypeId};
use schema_shared::{BadUserInput, Connection, RequestExt, encode_cursor, nullable, page, wants_total_count};
use services::catalog::{self as service, Ref};

use super::{Category, Collection, Product, ProductType};

/// Reads the catalog as staff sees it.
#[derive(Default)]
pub struct CatalogQuery;

#[Object]
impl CatalogQuery {
    /// A product, by global id or by its slug in any channel; null when there is none.
    async fn product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: Option<ID>,
        #[graphql(desc = "Its slug.")] slug: Option<String>,
    ) -> Option<Result<Product>> {
        nullable(async {
            let request = ctx.request()?;
            let reference = match (id, slug) {
                (Some(id), None) => Ref(id.0),
                (None, Some(slug)) => Ref(slug),
                _ => return Err(BadUserInput("give an id or a slug, one of the two".to_owned()).into()),
            };
            Ok(service::find_product(&request.app, &request.actor, &reference).await?.map(Product))
        })
        .await
    }

    /// Products in the order they were created, published or not.
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start or after a cursor; 20 where absent, at most 100.")] first: Option<
            i32,
        >,
        #[graphql(desc = "The cursor to start after.")] after: Option<String>,
        #[graphql(desc = "How many from the end or before a cursor.")] last: Option<i32>,
        #[graphql(desc = "The cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Product>> {
        let page = page::<ProductId>(first, after, last, before)?;
        let request = ctx.request()?;
        let found = service::list_products(&request.app, &request.actor, &page).await?;
        let is_counted = wants_total_count(ctx);
        let total = if is_counted { Some(service::count_products(&request.app, &request.actor).await?) } else { None };
        let products = found.into_iter().map(Product).collect();
        Ok(Connection::of_rows(&page, products, |product| encode_cursor(&product.0.id), total))
    }

    /// Every product type, by slug.
    async fn product_types(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start or after a cursor; 20 where absent, at most 100.")] first: Option<
            i32,
        >,
        #[graphql(desc = "The cursor to start after.")] after: Option<String>,
        #[graphql(desc = "How many from the end or before a cursor.")] last: Option<i32>,
        #[graphql(desc = "The cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<ProductType>> {
        let page = page::<ProductTypeId>(first, after, last, before)?;
        let request = ctx.request()?;
        let all = service::list_product_types(&request.app, &request.actor).await?;
        let all = all.into_iter().map(|kind| (kind.id, ProductType(kind))).collect();
        Ok(Connection::of_list(&page, all)?)
    }

    /// Every category, by path.
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start or after a cursor; 20 where absent, at most 100.")] first: Option<
            i32,
        >,
        #[graphql(desc = "The cursor to start after.")] after: Option<String>,
        #[graphql(desc = "How many from the end or before a cursor.")] last: Option<i32>,
        #[graphql(desc = "The cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Category>> {
        let page = page::<CategoryId>(first, after, last, before)?;
        let request = ctx.request()?;
        let all = service::list_categories(&request.app, &request.actor).await?;
        let all = all.into_iter().map(|category| (category.id, Category(category))).collect();
        Ok(Connection::of_list(&page, all)?)
    }

    /// Every collection, by slug.
    async fn collections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start or after a cursor; 20 where absent, at most 100.")] first: Option<
            i32,
        >,
        #[graphql(desc = "The cursor to start after.")] after: Option<String>,
        #[graphql(desc = "How many from the end or before a cursor.")] last: Option<i32>,
        #[graphql(desc = "The cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Collection>> {
        let page = page::<CollectionId>(first, after, last, before)?;
        let request = ctx.request()?;
        let all = service::list_collections(&request.app, &request.actor).await?;
        let all = all.into_iter().map(|collection| (collection.id, Collection(collection))).collect();
        Ok(Connection::of_list(&page, all)?)
    }
}
