//! Collections of products.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use model::{
    catalog::{self, Localized, Taxonomy},
    ids::CollectionId,
};
use schema_shared::{ConnectionArgs, ErrorCode, Metafield, ReadyObject, RequestExt, coded, connection_fields, to_id};
use services::Storefront;

use super::{MetafieldIdentifier, metafield, seo::Seo};
use crate::search::{self, ProductConnection, list_collection};

/// A curated list of products.
pub struct Collection {
    taxonomy: Arc<Taxonomy>,
    id: CollectionId,
}

impl Collection {
    /// The collection of an id, if the channel shows it.
    #[must_use]
    pub fn visible(storefront: &Storefront<'_>, taxonomy: &Arc<Taxonomy>, id: CollectionId) -> Option<Self> {
        storefront.collection(taxonomy, id).map(|_| Self { taxonomy: taxonomy.clone(), id })
    }

    fn collection(&self) -> Option<&catalog::Collection> {
        self.taxonomy.collections.get(&self.id)
    }
}

/// A curated list of products.
#[connection_fields]
#[Object]
impl Collection {
    /// Global id of the collection.
    pub async fn id(&self) -> ID {
        to_id(self.id)
    }

    /// Unique slug for URLs.
    fn slug(&self) -> &str {
        self.collection().map_or("", |collection| collection.slug.as_str())
    }

    /// Name in the language of the request.
    fn name<'a>(&'a self, ctx: &Context<'_>) -> Result<&'a str> {
        let locales = &ctx.request()?.context()?.locales;
        Ok(self.collection().map_or("", |collection| collection.name_in(locales)))
    }

    /// Description in the language of the request, plain text or Markdown.
    fn description<'a>(&'a self, ctx: &Context<'_>) -> Result<&'a str> {
        let locales = &ctx.request()?.context()?.locales;
        Ok(self.collection().map_or("", |collection| collection.description_in(locales)))
    }

    /// Title and description for search engines.
    fn seo<'a>(&'a self, ctx: &Context<'_>) -> Result<ReadyObject<Seo<'a>>> {
        let collection =
            self.collection().ok_or_else(|| coded(ErrorCode::Internal, "the collection does not exist"))?;
        Ok(ReadyObject(Seo::of(collection, &ctx.request()?.context()?.locales)))
    }

    /// Published products of the collection in the merchant's order.
    async fn products(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<ProductConnection> {
        Box::pin(list_collection(ctx, self.id, search::page(args)?)).await
    }

    /// The metafield of a namespace and key; null if the collection does not have it or it is private.
    async fn metafield(
        &self,
        #[graphql(desc = "Namespace of the metafield.")] namespace: String,
        #[graphql(desc = "Key in the namespace.")] key: String,
    ) -> Option<Metafield<'_>> {
        metafield::find(&self.collection()?.metafields, &namespace, &key)
    }

    /// Metafields in the order of the identifiers; null for each one that the collection does not have or that is
    /// private.
    async fn metafields(
        &self,
        #[graphql(desc = "Identifiers of the metafields, at most 50.", validator(max_items = 50))] identifiers: Vec<
            MetafieldIdentifier,
        >,
    ) -> Vec<Option<Metafield<'_>>> {
        let fields = self.collection().map_or(&[][..], |collection| &collection.metafields);
        metafield::find_all(fields, &identifiers)
    }
}
