//! Categories and collections.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Metafield, Seo, Translation};
use crate::{
    Locale, Slug, Timestamp,
    ids::{CategoryId, ChannelId, CollectionId, ProductId},
};

/// A node of the navigation tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    /// Identifier.
    pub id: CategoryId,
    /// Counts the writes, from 1.
    pub version: i64,
    /// The path of slugs from the root, such as `clothing/tops`; unique. The snapshot composes it anew from the tree, so
    /// that of all below a moved category follows.
    pub slug: Slug,
    /// Name in the default language.
    pub name: String,
    /// Description in the default language.
    #[serde(default)]
    pub description: String,
    /// The node above; none for a root.
    #[serde(default)]
    pub parent: Option<CategoryId>,
    /// Order among its siblings.
    #[serde(default)]
    pub position: i32,
    /// Texts in other languages.
    #[serde(default)]
    pub translations: BTreeMap<Locale, Translation>,
    /// What search engines show.
    #[serde(default)]
    pub seo: Seo,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// A curated set of products.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Collection {
    /// Identifier.
    pub id: CollectionId,
    /// Counts the writes, from 1.
    pub version: i64,
    /// The readable part of its link; unique.
    pub slug: Slug,
    /// Name in the default language.
    pub name: String,
    /// Description in the default language.
    #[serde(default)]
    pub description: String,
    /// Channels it shows in.
    #[serde(default)]
    pub channels: Vec<ChannelId>,
    /// What is in it, in the merchant's order.
    #[serde(default)]
    pub products: Vec<ProductId>,
    /// Texts in other languages.
    #[serde(default)]
    pub translations: BTreeMap<Locale, Translation>,
    /// Facts of integrations and themes.
    #[serde(default)]
    pub metafields: Vec<Metafield>,
    /// What search engines show.
    #[serde(default)]
    pub seo: Seo,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

impl Category {
    /// The last part of its path: what it is called among its siblings.
    #[must_use]
    pub fn segment(&self) -> &str {
        let path = self.slug.as_str();
        path.rsplit_once('/').map_or(path, |(_, segment)| segment)
    }
}
