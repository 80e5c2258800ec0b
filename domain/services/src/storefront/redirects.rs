//! Where former paths of products, categories and collections lead.

use std::sync::Arc;

use model::{
    catalog::{Product, Taxonomy},
    ids::{CategoryId, CollectionId},
};

use super::Storefront;
use crate::{ServiceResult, catalog};

const PRODUCTS: &str = "products/";
const CATEGORIES: &str = "categories/";
const COLLECTIONS: &str = "collections/";

/// The present address of an object that was requested under a former one.
#[derive(Debug, Clone)]
pub struct Redirect {
    /// The present path, in the form of the requested one.
    pub path: String,
    /// The object.
    pub target: RedirectTarget,
}

/// The object that a former path leads to.
#[derive(Debug, Clone)]
pub enum RedirectTarget {
    /// A product.
    Product(Arc<Product>),
    /// A category.
    Category(CategoryId),
    /// A collection.
    Collection(CollectionId),
}

/// An object with its present slug.
struct Found {
    slug: String,
    target: RedirectTarget,
}

impl Storefront<'_> {
    /// The present address of a former path; `None` if the path is in use now or leads nowhere. A path without one of the
    /// prefixes `products/`, `categories/` and `collections/` can be any of the three.
    ///
    /// # Errors
    /// [`crate::ServiceError`] if the document store is unavailable and nothing is cached.
    pub async fn redirect(&self, path: &str) -> ServiceResult<Option<Redirect>> {
        let slash = if path.starts_with('/') { "/" } else { "" };
        let plain = path.trim_matches('/');
        let taxonomy = self.taxonomy().await?;
        let (prefix, slug) = [PRODUCTS, CATEGORIES, COLLECTIONS]
            .into_iter()
            .find_map(|prefix| Some((prefix, plain.strip_prefix(prefix)?)))
            .unwrap_or(("", plain));
        let found = match prefix {
            PRODUCTS => self.redirected_product(slug).await?,
            CATEGORIES => category(&taxonomy, slug),
            COLLECTIONS => self.redirected_collection(&taxonomy, slug),
            _ => {
                let all = [
                    category(&taxonomy, slug),
                    self.redirected_collection(&taxonomy, slug),
                    self.redirected_product(slug).await?,
                ];
                // A path that one of them has now leads there.
                let is_used = all.iter().flatten().any(|found| found.slug == slug);
                all.into_iter().flatten().next().filter(|_| !is_used)
            }
        };
        let moved = found.filter(|found| found.slug != slug);
        Ok(moved.map(|Found { slug, target }| Redirect { path: format!("{slash}{prefix}{slug}"), target }))
    }

    async fn redirected_product(&self, slug: &str) -> ServiceResult<Option<Found>> {
        let found = catalog::visible_product(self.app, self.context.channel.id, slug).await?;
        Ok(found.map(|product| Found { slug: product.slug.to_string(), target: RedirectTarget::Product(product) }))
    }

    fn redirected_collection(&self, taxonomy: &Taxonomy, slug: &str) -> Option<Found> {
        let found = taxonomy.collection_by_any_slug(slug)?;
        let visible = self.collection(taxonomy, found.id)?;
        Some(Found { slug: visible.slug.to_string(), target: RedirectTarget::Collection(visible.id) })
    }
}

fn category(taxonomy: &Taxonomy, path: &str) -> Option<Found> {
    let found = taxonomy.category_by_any_slug(path)?;
    Some(Found { slug: found.slug.to_string(), target: RedirectTarget::Category(found.id) })
}
