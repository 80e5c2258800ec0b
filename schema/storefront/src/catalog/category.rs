//! Categories of the navigation tree.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use model::{
    catalog::{self, Localized, Taxonomy},
    ids::CategoryId,
};
use schema_shared::{ConnectionArgs, ErrorCode, ReadyList, ReadyObject, RequestExt, coded, connection_fields, to_id};

use super::seo::Seo;
use crate::search::{self, ProductConnection, list_category};

/// A category of the navigation tree.
#[derive(Clone)]
pub struct Category {
    taxonomy: Arc<Taxonomy>,
    id: CategoryId,
    /// The number of levels below it that are shown.
    levels: usize,
}

impl Category {
    /// A category of the snapshot, with all levels below it.
    #[must_use]
    pub fn new(taxonomy: &Arc<Taxonomy>, id: CategoryId) -> Self {
        Self { taxonomy: taxonomy.clone(), id, levels: usize::MAX }
    }

    /// The roots of the tree with a number of levels, including their own.
    pub(super) fn roots(taxonomy: &Arc<Taxonomy>, levels: usize) -> ReadyList<Self> {
        let levels = levels.saturating_sub(1);
        let roots = taxonomy.children_of(None);
        Self::list(roots.map(|root| Self { taxonomy: taxonomy.clone(), id: root.id, levels }))
    }

    /// A list of categories; their `products` are loaded concurrently if selected.
    pub(super) fn list(categories: impl Iterator<Item = Self>) -> ReadyList<Self> {
        categories.collect::<ReadyList<Self>>().except(&["products"])
    }

    fn category(&self) -> Option<&catalog::Category> {
        self.taxonomy.categories.get(&self.id)
    }
}

/// A category of the navigation tree.
#[connection_fields]
#[Object]
impl Category {
    /// Global id of the category.
    pub async fn id(&self) -> ID {
        to_id(self.id)
    }

    /// Unique path of slugs from the root, such as `clothing/tops`.
    fn slug(&self) -> &str {
        self.category().map_or("", |category| category.slug.as_str())
    }

    /// Name in the language of the request.
    fn name<'a>(&'a self, ctx: &Context<'_>) -> Result<&'a str> {
        let locales = &ctx.request()?.context()?.locales;
        Ok(self.category().map_or("", |category| category.name_in(locales)))
    }

    /// Description in the language of the request, plain text or Markdown.
    fn description<'a>(&'a self, ctx: &Context<'_>) -> Result<&'a str> {
        let locales = &ctx.request()?.context()?.locales;
        Ok(self.category().map_or("", |category| category.description_in(locales)))
    }

    /// Title and description for search engines.
    fn seo<'a>(&'a self, ctx: &Context<'_>) -> Result<ReadyObject<Seo<'a>>> {
        let category = self.category().ok_or_else(|| coded(ErrorCode::Internal, "the category does not exist"))?;
        Ok(ReadyObject(Seo::of(category, &ctx.request()?.context()?.locales)))
    }

    /// Products of the channel in the category and its subcategories, best sellers first.
    async fn products(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<ProductConnection> {
        let path = self.category().map_or("", |category| category.slug.as_str());
        Box::pin(list_category(ctx, path, search::page(args)?)).await
    }

    /// Parent category; null for a root.
    fn parent(&self) -> Option<Self> {
        self.category().and_then(|category| category.parent).map(|parent| Self::new(&self.taxonomy, parent))
    }

    /// Ancestors from the root to the parent, for breadcrumbs.
    fn ancestors(&self) -> ReadyList<Self> {
        let path = self.taxonomy.ancestors(self.id);
        Self::list(path.into_iter().skip(1).rev().map(|id| Self::new(&self.taxonomy, id)))
    }

    /// Direct subcategories in display order; empty below the `depth` of `categoryTree`.
    fn children(&self) -> ReadyList<Self> {
        let levels = self.levels.checked_sub(1);
        let children = levels.map(|_| self.taxonomy.children_of(Some(self.id))).into_iter().flatten();
        let levels = levels.unwrap_or_default();
        Self::list(children.map(|child| Self { taxonomy: self.taxonomy.clone(), id: child.id, levels }))
    }
}
