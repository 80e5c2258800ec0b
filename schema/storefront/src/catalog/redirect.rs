//! Where former addresses of products, categories and collections lead.

use async_graphql::{Context, Object, Result, Union};
use schema_shared::{RequestExt, nullable};
use services::{Storefront, storefront::RedirectTarget as Found};

use super::{Category, Collection, Product};

/// The present address of an object that was requested under a former one.
pub struct Redirect {
    path: String,
    target: RedirectTarget,
}

/// The object that a former path leads to.
#[derive(Union)]
pub enum RedirectTarget {
    /// A product under a former slug.
    Product(Product),
    /// A category under a former path.
    Category(Category),
    /// A collection under a former slug.
    Collection(Collection),
}

/// The present address of an object that was requested under a former one.
#[Object]
impl Redirect {
    /// Present path, in the form of the requested path: with the same prefix and leading slash, if it had any.
    async fn path(&self) -> &str {
        &self.path
    }

    /// Object that has the path.
    async fn target(&self) -> &RedirectTarget {
        &self.target
    }
}

/// Queries of redirects.
#[derive(Default)]
pub struct RedirectQuery;

#[Object]
impl RedirectQuery {
    /// The present address of a former path; null if the path is in use now, or never led to anything that the channel
    /// shows. A path is `products/<slug>`, `categories/<path>` or `collections/<slug>`, with or without a leading slash.
    /// Without one of these prefixes it may be the path of a category, the slug of a collection or that of a product, in
    /// this order.
    async fn redirect(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Requested path, such as `categories/clothing/tops`; at most 255 characters.",
            validator(max_length = 255)
        )]
        path: String,
    ) -> Option<Result<Redirect>> {
        nullable(async {
            let storefront = ctx.request()?.storefront()?;
            let Some(found) = storefront.redirect(&path).await? else { return Ok(None) };
            let target = target(&storefront, found.target).await?;
            Ok(target.map(|target| Redirect { path: found.path, target }))
        })
        .await
    }
}

async fn target(storefront: &Storefront<'_>, found: Found) -> Result<Option<RedirectTarget>> {
    Ok(match found {
        Found::Product(product) => Some(RedirectTarget::Product(Product(product))),
        Found::Category(id) => Some(RedirectTarget::Category(Category::new(&storefront.taxonomy().await?, id))),
        Found::Collection(id) => {
            Collection::visible(storefront, &storefront.taxonomy().await?, id).map(RedirectTarget::Collection)
        }
    })
}
