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
    /// Earlier places in the tree, whose paths lead to the category while no other one has them; oldest first.
    #[serde(default)]
    pub former_places: Vec<FormerPlace>,
    /// True while it is being deleted: then nothing may be added below it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_closing: bool,
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

/// An earlier place of a category in the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerPlace {
    /// Path of slugs from the root at that time.
    pub path: Slug,
    /// Parent category at that time; None for a root.
    #[serde(default)]
    pub parent: Option<CategoryId>,
    /// Time at which the category left the place.
    pub left_at: Timestamp,
}

/// An earlier slug of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerName {
    /// The former slug.
    pub slug: Slug,
    /// Time at which the collection was renamed.
    pub left_at: Timestamp,
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
    /// Earlier slugs, which lead to the collection while no other one has them; oldest first.
    #[serde(default)]
    pub former_slugs: Vec<FormerName>,
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

/// The number of former places or slugs that an object remembers.
const REMEMBERED: usize = 10;

impl Category {
    /// The last segment of the slug path, unique among siblings.
    #[must_use]
    pub fn segment(&self) -> &str {
        segment(&self.slug)
    }

    /// Puts the category at another path, and remembers its place before: `path` as it was shown until now, because the
    /// stored path does not follow the moves of ancestors.
    pub fn relocate(&mut self, parent: Option<CategoryId>, slug: Slug, path: Slug, now: Timestamp) {
        let place = |parent, slug: &Slug| (parent, segment(slug).to_owned());
        let (before, after) = (place(self.parent, &self.slug), place(parent, &slug));
        (self.parent, self.slug) = (parent, slug);
        if before == after {
            return;
        }
        self.former_places.retain(|former| {
            let former = place(former.parent, &former.path);
            former != before && former != after
        });
        self.former_places.push(FormerPlace { path, parent: before.0, left_at: now });
        keep_latest(&mut self.former_places);
    }
}

impl FormerPlace {
    /// The last segment of the path.
    #[must_use]
    pub fn segment(&self) -> &str {
        segment(&self.path)
    }
}

impl Collection {
    /// Changes the slug and remembers the old one.
    pub fn rename(&mut self, slug: Slug, now: Timestamp) {
        let old = std::mem::replace(&mut self.slug, slug);
        if old == self.slug {
            return;
        }
        self.former_slugs.retain(|former| former.slug != old && former.slug != self.slug);
        self.former_slugs.push(FormerName { slug: old, left_at: now });
        keep_latest(&mut self.former_slugs);
    }
}

fn segment(path: &Slug) -> &str {
    let path = path.as_str();
    path.rsplit_once('/').map_or(path, |(_, segment)| segment)
}

fn keep_latest<T>(former: &mut Vec<T>) {
    let surplus = former.len().saturating_sub(REMEMBERED);
    former.drain(..surplus);
}
