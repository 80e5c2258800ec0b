//! Curated sets of products.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::{Direction, PageError, PageRequest, catalog, ids::ProductId};
use schema_shared::{Connection, ConnectionArgs, RequestExt, connection_fields, to_id};

use super::{
    Product,
    parts::{self, ChannelLink, Metafield, Seo, Translation},
};

/// A curated set of products.
#[derive(Clone)]
pub struct Collection(pub catalog::Collection);

/// A curated set of products.
#[connection_fields]
#[Object]
impl Collection {
    /// Global id.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Counts the changes, from 1.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// The readable part of its link; unique.
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

    /// Channels it shows in.
    async fn channels(&self, ctx: &Context<'_>) -> Result<Vec<ChannelLink>> {
        let app = &ctx.request()?.app;
        let settings = app.settings.current(&app.db).await?;
        Ok(self.0.channels.iter().filter_map(|id| parts::channel_link(&settings, *id)).collect())
    }

    /// Its products in the merchant's order, published or not.
    async fn products(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<Product>> {
        let page = args.page::<ProductId>()?;
        let (ids, has_more) = slice(&self.0.products, &page)?;
        let mut found = ctx.request()?.loaders().products().load_many(ids.clone()).await?;
        let rows = ids.iter().filter_map(|id| found.remove(id)).collect();
        let total = i64::try_from(self.0.products.len()).ok();
        Ok(Connection::new(&page, rows, has_more, total, |product| product.id, Product))
    }

    /// What search engines show.
    fn seo(&self) -> Seo {
        (&self.0.seo).into()
    }

    /// Texts in other languages.
    fn translations(&self) -> Vec<Translation> {
        parts::translations(&self.0.translations)
    }

    /// Facts of integrations and themes, private ones too.
    fn metafields(&self) -> Vec<Metafield> {
        self.0.metafields.iter().map(Metafield::from).collect()
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

/// The ids of a page in the order of the list, and whether more follow.
fn slice(ids: &[ProductId], page: &PageRequest<ProductId>) -> Result<(Vec<ProductId>, bool), PageError> {
    let at = match page.cursor {
        Some(cursor) => Some(ids.iter().position(|id| *id == cursor).ok_or(PageError::Cursor)?),
        None => None,
    };
    let (start, end) = match page.direction {
        Direction::Ascending => {
            let start = at.map_or(0, |at| at + 1);
            (start, (start + page.size).min(ids.len()))
        }
        Direction::Descending => {
            let end = at.unwrap_or(ids.len());
            (end.saturating_sub(page.size), end)
        }
    };
    let has_more = if page.direction == Direction::Ascending { end < ids.len() } else { start > 0 };
    Ok((ids.get(start..end).unwrap_or_default().to_vec(), has_more))
}
