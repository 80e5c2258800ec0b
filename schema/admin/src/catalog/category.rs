//! The navigation tree.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::catalog::{self, Taxonomy};
use schema_shared::{RequestExt, nullable, to_id};

use super::parts::{self, Seo, Translation};

/// A node of the navigation tree.
#[derive(Clone)]
pub struct Category(pub catalog::Category);

/// A node of the navigation tree.
#[Object]
impl Category {
    /// Global id.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Counts the changes, from 1.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// The path of slugs from the root, such as `clothing/tops`; unique.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Name in the default language.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Description in the default language.
    fn description(&self) -> &str {
        &self.0.description
    }

    /// Order among its siblings, lowest first.
    fn position(&self) -> i32 {
        self.0.position
    }

    /// The node above; null for a root.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Result<Self>> {
        nullable(async {
            let taxonomy = taxonomy(ctx).await?;
            Ok(self.0.parent.and_then(|parent| taxonomy.categories.get(&parent)).cloned().map(Self))
        })
        .await
    }

    /// The nodes right below, in display order.
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<Self>> {
        Ok(taxonomy(ctx).await?.children_of(Some(self.0.id)).cloned().map(Self).collect())
    }

    /// What search engines show.
    fn seo(&self) -> Seo {
        (&self.0.seo).into()
    }

    /// Texts in other languages.
    fn translations(&self) -> Vec<Translation> {
        parts::translations(&self.0.translations)
    }

    /// When it was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

async fn taxonomy(ctx: &Context<'_>) -> Result<Arc<Taxonomy>> {
    Ok(ctx.request()?.app.catalog.taxonomy().await?)
}
