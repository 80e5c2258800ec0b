//! Categories and collections.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Metafield, Seo, Translation};
use crate::{
    Locale, Slug, Timestamp,
    ids::{CategoryId, ChannelId, CollectionId, ProductId},
};

/// A category in the navigation tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    /// Global id.
    pub id: CategoryId,
    /// Number of writes, starting at 1.
    pub version: i64,
    /// Path of slugs from the root, such as `clothing/tops`; unique. [`super::Taxonomy`] recomputes it from
    /// the tree, so that moving a category changes the paths of its descendants.
    pub slug: Slug,
    /// Name in the default locale.
    pub name: String,
    /// Description in the default locale.
    #[serde(default)]
    pub description: String,
    /// Parent category; None for a root.
    #[serde(default)]
    pub parent: Option<CategoryId>,
    /// Sort position among its siblings.
    #[serde(default)]
    pub position: i32,
    /// Texts in other locales.
    #[serde(default)]
    pub translations: BTreeMap<Locale, Translation>,
    /// Title and description for search engines.
    #[serde(default)]
    pub seo: Seo,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time of the last write.
    pub updated_at: Timestamp,
}

/// A curated set of products in the merchant's order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Collection {
    /// Global id.
    pub id: CollectionId,
    /// Number of writes, starting at 1.
    pub version: i64,
    /// Readable part of the URL; unique.
    pub slug: Slug,
    /// Name in the default locale.
    pub name: String,
    /// Description in the default locale.
    #[serde(default)]
    pub description: String,
    /// Channels in which the collection is visible.
    #[serde(default)]
    pub channels: Vec<ChannelId>,
    /// Products in the merchant's order.
    #[serde(default)]
    pub products: Vec<ProductId>,
    /// Texts in other locales.
    #[serde(default)]
    pub translations: BTreeMap<Locale, Translation>,
    /// Custom data of integrations and storefronts.
    #[serde(default)]
    pub metafields: Vec<Metafield>,
    /// Title and description for search engines.
    #[serde(default)]
    pub seo: Seo,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time of the last write.
    pub updated_at: Timestamp,
}

impl Category {
    /// The last segment of the slug path, unique among siblings.
    #[must_use]
    pub fn segment(&self) -> &str {
        let path = self.slug.as_str();
        path.rsplit_once('/').map_or(path, |(_, segment)| segment)
    }
}
