//! Root fields that read product types, categories and collections.

use async_graphql::{Context, Object, Result};
use model::ids::{CategoryId, CollectionId, ProductTypeId};
use schema_shared::{Connection, ConnectionArgs, RequestExt, connection_fields};
use services::catalog as service;

use super::{Category, Collection, ProductType};

/// Queries of product types, categories and collections.
#[derive(Default)]
pub struct CatalogQuery;

#[connection_fields]
#[Object]
impl CatalogQuery {
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
