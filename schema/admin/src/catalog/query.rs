//! Root fields that read the catalog.

use async_graphql::{Context, ID, Object, Result};
use model::ids::{CategoryId, CollectionId, ProductId, ProductTypeId};
use schema_shared::{BadUserInput, Connection, ConnectionArgs, RequestExt, connection_fields, nullable, total_count};
use services::catalog::{self as service, Ref};

use super::{Category, Collection, Product, ProductType};

/// Queries of the catalog.
#[derive(Default)]
pub struct CatalogQuery;

#[connection_fields]
#[Object]
impl CatalogQuery {
    /// The product of a global id, or of a slug in any channel; null if it does not exist. Exactly one argument is
    /// required. Needs `CATALOG_READ`.
    async fn product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the product.")] id: Option<ID>,
        #[graphql(desc = "Slug of the product.")] slug: Option<String>,
    ) -> Option<Result<Product>> {
        nullable(async {
            let request = ctx.request()?;
            let reference = match (id, slug) {
                (Some(id), None) => Ref(id.0),
                (None, Some(slug)) => Ref(slug),
                _ => return Err(BadUserInput("give either an id or a slug".to_owned()).into()),
            };
            Ok(service::find_product(&request.app, &request.actor, &reference).await?.map(Product))
        })
        .await
    }

    /// Products in the order of their creation, published or not. Needs `CATALOG_READ`.
    async fn products(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<Product>> {
        let page = args.page::<ProductId>()?;
        let request = ctx.request()?;
        let found = service::list_products(&request.app, &request.actor, &page).await?;
        let total = total_count(ctx, service::count_products(&request.app, &request.actor)).await?;
        Ok(Connection::new(&page, found, total, |product| product.id, Product))
    }

    /// All product types, ordered by slug. Needs `CATALOG_READ`.
    async fn product_types(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<ProductType>> {
        let page = args.page::<ProductTypeId>()?;
        let request = ctx.request()?;
        let all = service::list_product_types(&request.app, &request.actor).await?;
        let all = all.into_iter().map(|kind| (kind.id, ProductType(kind))).collect();
        Ok(Connection::of_list(&page, all)?)
    }

    /// All categories, ordered by slug path. Needs `CATALOG_READ`.
    async fn categories(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<Category>> {
        let page = args.page::<CategoryId>()?;
        let request = ctx.request()?;
        let all = service::list_categories(&request.app, &request.actor).await?;
        let all = all.into_iter().map(|category| (category.id, Category(category))).collect();
        Ok(Connection::of_list(&page, all)?)
    }

    /// All collections, ordered by slug. Needs `CATALOG_READ`.
    async fn collections(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<Collection>> {
        let page = args.page::<CollectionId>()?;
        let request = ctx.request()?;
        let all = service::list_collections(&request.app, &request.actor).await?;
        let all = all.into_iter().map(|collection| (collection.id, Collection(collection))).collect();
        Ok(Connection::of_list(&page, all)?)
    }
}
