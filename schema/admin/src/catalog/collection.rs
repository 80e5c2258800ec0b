//! Collections of the catalog.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::{Page, catalog, ids::ProductId};
use schema_shared::{Connection, ConnectionArgs, Metafield, RequestExt, connection_fields, page_range, to_id};

use super::{
    Product,
    parts::{self, ChannelLink, Seo, Translation},
};

/// A curated list of products.
#[derive(Clone)]
pub struct Collection(pub catalog::Collection);

/// A curated list of products.
#[connection_fields]
#[Object]
impl Collection {
    /// Global id of the collection.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Version of the collection: starts at 1 and increases with each change. Send it as `expectedVersion` to reject a
    /// lost update.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// Unique slug for URLs.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Name in the default language.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Description in the default language, plain text or Markdown.
    fn description(&self) -> &str {
        &self.0.description
    }

    /// Channels in which the collection is visible.
    async fn channels(&self, ctx: &Context<'_>) -> Result<Vec<ChannelLink>> {
        let settings = ctx.request()?.back_office()?.settings().await?;
        Ok(self.0.channels.iter().filter_map(|id| parts::channel_link(&settings, *id)).collect())
    }

    /// Products of the collection in the merchant's order, published or not.
    async fn products(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<Product>> {
        let page = args.page::<ProductId>()?;
        let (range, has_more) = page_range(&page, &self.0.products)?;
        let ids = self.0.products.get(range).unwrap_or_default();
        let mut found = ctx.request()?.loaders().cached_products().load_many(ids.to_vec()).await?;
        let rows = ids.iter().filter_map(|id| found.remove(id)).collect();
        let total = i64::try_from(self.0.products.len()).ok();
        Ok(Connection::new(&page, Page { rows, has_more }, total, |product| product.id, Product))
    }

    /// Earlier slugs, which lead to the collection while no other one has them; the latest ten, oldest first.
    fn former_slugs(&self) -> Vec<&str> {
        self.0.former_slugs.iter().map(|name| name.slug.as_str()).collect()
    }

    /// Title and description for search engines.
    fn seo(&self) -> Seo {
        (&self.0.seo).into()
    }

    /// Translations of its texts into other languages.
    fn translations(&self) -> Vec<Translation> {
        parts::translations(&self.0.translations)
    }

    /// Metafields of the collection, private ones included.
    fn metafields(&self) -> Vec<Metafield<'_>> {
        self.0.metafields.iter().map(Metafield).collect()
    }

    /// Time at which the collection was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Time of the last change.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}
