//! Root fields that read the catalog.

use async_graphql::{Context, ID, Object, Result};
use model::ids::{CategoryId, CollectionId, ProductId};
use schema_shared::{
    BadUserInput, Connection, ConnectionArgs, ReadyList, RequestExt, connection_fields, nullable, parse_id,
};

use super::{Category, Collection, Product};

/// The maximum depth of the category tree.
const DEPTH: usize = 10;

/// Queries of the catalog.
#[derive(Default)]
pub struct CatalogQuery;

/// Either a slug or an id.
enum Name<T> {
    Slug(String),
    Id(T),
}

fn name<T: model::GlobalId>(slug: Option<String>, id: Option<&ID>) -> Result<Name<T>> {
    match (slug, id) {
        (Some(slug), None) => Ok(Name::Slug(slug)),
        (None, Some(id)) => Ok(Name::Id(parse_id(id)?)),
        _ => Err(BadUserInput("give either a slug or an id".to_owned()).into()),
    }
}

#[connection_fields]
#[Object]
impl CatalogQuery {
    /// The product of a slug or an id; null if it does not exist or is not published in the channel. A former slug also
    /// returns the product: compare it with `slug` and redirect. Exactly one argument is required.
    async fn product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug of the product in the channel, present or former.")] slug: Option<String>,
        #[graphql(desc = "Global id of the product.")] id: Option<ID>,
    ) -> Option<Result<Product>> {
        nullable(async {
            let request = ctx.request()?;
            let storefront = request.storefront()?;
            Ok(match name::<ProductId>(slug, id.as_ref())? {
                Name::Slug(slug) => storefront.product(&slug).await?.map(Product),
                Name::Id(id) => Product::by_id(request, id).await?,
            })
        })
        .await
    }

    /// The category of a slug path or an id; null if it does not exist. A former path also returns the category: compare
    /// it with `slug` and redirect. Exactly one argument is required.
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Path of slugs, such as `clothing/tops`, present or former.")] slug: Option<String>,
        #[graphql(desc = "Global id of the category.")] id: Option<ID>,
    ) -> Option<Result<Category>> {
        nullable(async {
            let taxonomy = ctx.request()?.storefront()?.taxonomy().await?;
            let found = match name::<CategoryId>(slug, id.as_ref())? {
                Name::Slug(slug) => taxonomy.category_by_any_slug(&slug),
                Name::Id(id) => taxonomy.categories.get(&id),
            };
            Ok(found.map(|category| Category::new(&taxonomy, category.id)))
        })
        .await
    }

    /// The navigation tree from its roots, in display order.
    async fn category_tree(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of levels, 1 to 10.", default = 3, validator(minimum = 1, maximum = 10))] depth: i32,
    ) -> Result<ReadyList<Category>> {
        let taxonomy = ctx.request()?.storefront()?.taxonomy().await?;
        Ok(Category::roots(&taxonomy, usize::try_from(depth).unwrap_or(DEPTH)))
    }

    /// The collection of a slug or an id; null if it does not exist or is not visible in the channel. A former slug also
    /// returns the collection: compare it with `slug` and redirect. Exactly one argument is required.
    async fn collection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug of the collection, present or former.")] slug: Option<String>,
        #[graphql(desc = "Global id of the collection.")] id: Option<ID>,
    ) -> Option<Result<Collection>> {
        nullable(async {
            let storefront = ctx.request()?.storefront()?;
            let taxonomy = storefront.taxonomy().await?;
            let found = match name::<CollectionId>(slug, id.as_ref())? {
                Name::Slug(slug) => taxonomy.collection_by_any_slug(&slug),
                Name::Id(id) => taxonomy.collections.get(&id),
            };
            Ok(found.and_then(|collection| Collection::visible(&storefront, &taxonomy, collection.id)))
        })
        .await
    }

    /// The collections of the channel, ordered by slug.
    async fn collections(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<Collection>> {
        let page = args.page::<CollectionId>()?;
        let storefront = ctx.request()?.storefront()?;
        let taxonomy = storefront.taxonomy().await?;
        let mut all: Vec<_> = taxonomy.collections.values().collect();
        all.sort_by(|a, b| (&a.slug, a.id).cmp(&(&b.slug, b.id)));
        let visible = all
            .into_iter()
            .filter_map(|found| Some((found.id, Collection::visible(&storefront, &taxonomy, found.id)?)));
        Ok(Connection::of_list(&page, visible.collect())?)
    }
}
