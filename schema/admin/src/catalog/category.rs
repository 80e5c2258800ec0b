//! Categories of the catalog.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::catalog::{self, Taxonomy};
use schema_shared::{RequestExt, nullable, to_id};

use super::parts::{self, Seo, Translation};

/// A category of the catalog tree.
#[derive(Clone)]
pub struct Category(pub catalog::Category);

/// A category of the catalog tree.
#[Object]
impl Category {
    /// Global id of the category.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Version of the category: starts at 1 and increases with each change. Send it as `expectedVersion` to reject a
    /// lost update.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// Unique path of slugs from the root, such as `clothing/tops`.
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

    /// Position among its siblings; the lowest comes first.
    fn position(&self) -> i32 {
        self.0.position
    }

    /// Parent category; null for a root.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Result<Self>> {
        nullable(async {
            let taxonomy = taxonomy(ctx).await?;
            Ok(self.0.parent.and_then(|parent| taxonomy.categories.get(&parent)).cloned().map(Self))
        })
        .await
    }

    /// Direct subcategories in display order.
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<Self>> {
        Ok(taxonomy(ctx).await?.children_of(Some(self.0.id)).cloned().map(Self).collect())
    }

    /// Earlier slug paths, which lead to the category while no other one has them; the latest ten, oldest first.
    fn former_slugs(&self) -> Vec<&str> {
        self.0.former_places.iter().map(|place| place.path.as_str()).collect()
    }

    /// Title and description for search engines.
    fn seo(&self) -> Seo {
        (&self.0.seo).into()
    }

    /// Translations of its texts into other languages.
    fn translations(&self) -> Vec<Translation> {
        parts::translations(&self.0.translations)
    }

    /// Time at which the category was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Time of the last change.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

async fn taxonomy(ctx: &Context<'_>) -> Result<Arc<Taxonomy>> {
    Ok(ctx.request()?.back_office()?.taxonomy().await?)
}
