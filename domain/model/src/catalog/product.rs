//! Products with everything inside their documents.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ExternalReference, Metafield, ProductOption, Seo, Translation, Variant};
use crate::{
    Locale, Slug, Timestamp,
    ids::{CategoryId, ChannelId, MediaId, ProductId, ProductTypeId, VariantId},
};

/// A product with its variants. It is one document, and every write increments its version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Product {
    /// Global id.
    pub id: ProductId,
    /// Number of writes, starting at 1.
    pub version: i64,
    /// Product type that defines the attributes.
    pub product_type: ProductTypeId,
    /// Readable part of the URL; unique in every channel the product is published in.
    pub slug: Slug,
    /// Earlier slugs, which still resolve to the product in the channels where it was published under them.
    #[serde(default)]
    pub former_slugs: Vec<FormerSlug>,
    /// Name in the default locale.
    pub name: String,
    /// Description in the default locale, as plain text or Markdown.
    #[serde(default)]
    pub description: String,
    /// Manufacturer or brand.
    #[serde(default)]
    pub vendor: Option<String>,
    /// Free-form labels.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Tax class that determines the tax rate, such as `standard`.
    pub tax_class: String,
    /// Delivery profile that selects the methods which carry the product, such as `bulky`; None for `standard`.
    #[serde(default)]
    pub delivery_profile: Option<Slug>,
    /// Values of the product type's attributes.
    #[serde(default)]
    pub attributes: Vec<AttributeValue>,
    /// Options whose values distinguish the variants; empty for a product with one variant.
    #[serde(default)]
    pub options: Vec<ProductOption>,
    /// Variants in display order; at least one.
    pub variants: Vec<Variant>,
    /// Images in display order.
    #[serde(default)]
    pub media: Vec<Media>,
    /// Categories that list the product; the first is the main one.
    #[serde(default)]
    pub categories: Vec<CategoryId>,
    /// Channels the product is published in.
    #[serde(default)]
    pub publications: Vec<Publication>,
    /// Title and description for search engines.
    #[serde(default)]
    pub seo: Seo,
    /// Texts in other locales.
    #[serde(default)]
    pub translations: BTreeMap<Locale, Translation>,
    /// Custom data of integrations and storefronts.
    #[serde(default)]
    pub metafields: Vec<Metafield>,
    /// Id of the product in another system; unique.
    #[serde(default)]
    pub external_reference: Option<ExternalReference>,
    /// Time from which the product is archived: not sold and not listed, but still readable by staff and on orders. None
    /// if it is not archived.
    #[serde(default)]
    pub archived_at: Option<Timestamp>,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time of the last write.
    pub updated_at: Timestamp,
}

/// An earlier slug of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredSlug")]
pub struct FormerSlug {
    /// The former slug.
    pub slug: Slug,
    /// Channels in which the slug resolves to the product while it is published there. None means all channels: older
    /// documents stored slugs without channels.
    pub channels: Option<Vec<ChannelId>>,
}

/// The stored forms of a former slug; older documents contain only the slug.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredSlug {
    Bare(Slug),
    InChannels { slug: Slug, channels: Option<Vec<ChannelId>> },
}

impl From<StoredSlug> for FormerSlug {
    fn from(stored: StoredSlug) -> Self {
        match stored {
            StoredSlug::Bare(slug) => Self { slug, channels: None },
            StoredSlug::InChannels { slug, channels } => Self { slug, channels },
        }
    }
}

/// The values of a product for one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeValue {
    /// Slug of the attribute in the product type.
    pub slug: String,
    /// Values as text in canonical form.
    pub values: Vec<String>,
}

/// An image of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Global id.
    pub id: MediaId,
    /// URL of the original image.
    pub url: String,
    /// Alternative text.
    #[serde(default)]
    pub alt: Option<String>,
    /// Width of the original image in pixels.
    pub width: u32,
    /// Height of the original image in pixels.
    pub height: u32,
}

/// The publication of a product in a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Channel the product is published in.
    pub channel: ChannelId,
    /// Time from which shoppers see the product.
    pub publish_at: Timestamp,
}

impl Product {
    /// A new product without variants that is published nowhere.
    #[must_use]
    pub fn new(product_type: ProductTypeId, slug: Slug, name: String, tax_class: &str, now: Timestamp) -> Self {
        Self {
            id: ProductId::new(),
            version: 1,
            product_type,
            slug,
            former_slugs: Vec::new(),
            name,
            description: String::new(),
            vendor: None,
            tags: Vec::new(),
            tax_class: tax_class.to_owned(),
            delivery_profile: None,
            attributes: Vec::new(),
            options: Vec::new(),
            variants: Vec::new(),
            media: Vec::new(),
            categories: Vec::new(),
            publications: Vec::new(),
            seo: Seo::default(),
            translations: BTreeMap::new(),
            metafields: Vec::new(),
            external_reference: None,
            archived_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// True if the product is visible to shoppers of the channel; never while it is archived.
    #[must_use]
    pub fn is_published(&self, channel: ChannelId, now: Timestamp) -> bool {
        let mut publications = self.publications.iter().filter(|_| !self.is_archived());
        publications.any(|publication| publication.channel == channel && publication.publish_at <= now)
    }

    /// True if the product is archived.
    #[must_use]
    pub const fn is_archived(&self) -> bool {
        self.archived_at.is_some()
    }

    /// The slugs that resolve to the product in a channel, the current one first; none if it has no publication there.
    pub fn slugs_in(&self, channel: ChannelId) -> impl Iterator<Item = &Slug> {
        let is_sold = self.publications.iter().any(|publication| publication.channel == channel);
        let leads = move |former: &&FormerSlug| former.channels.as_ref().is_none_or(|known| known.contains(&channel));
        let former = self.former_slugs.iter().filter(leads).map(|former| &former.slug);
        std::iter::once(&self.slug).chain(former).filter(move |_| is_sold)
    }

    /// Changes the slug. The old one is remembered for the channels of the product; only the latest ten are kept.
    pub fn rename(&mut self, slug: Slug) {
        const KEPT: usize = 10;
        let old = std::mem::replace(&mut self.slug, slug);
        if old == self.slug {
            return;
        }
        self.former_slugs.retain(|former| former.slug != self.slug && former.slug != old);
        let channels: Vec<ChannelId> = self.publications.iter().map(|publication| publication.channel).collect();
        if !channels.is_empty() {
            self.former_slugs.push(FormerSlug { slug: old, channels: Some(channels) });
        }
        let surplus = self.former_slugs.len().saturating_sub(KEPT);
        self.former_slugs.drain(..surplus);
    }

    /// Removes a former slug in a channel, because another product uses it there.
    pub fn remove_former_slug(&mut self, slug: &Slug, channel: ChannelId) {
        let sold: Vec<ChannelId> = self.publications.iter().map(|publication| publication.channel).collect();
        for former in self.former_slugs.iter_mut().filter(|former| former.slug == *slug) {
            former.channels.get_or_insert_with(|| sold.clone()).retain(|known| *known != channel);
        }
    }

    /// Finds a variant by its id.
    #[must_use]
    pub fn variant(&self, id: VariantId) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.id == id)
    }

    /// Finds a metafield, including private ones.
    #[must_use]
    pub fn metafield(&self, namespace: &str, key: &str) -> Option<&Metafield> {
        self.metafields.iter().find(|field| field.namespace == namespace && field.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_former_slug_without_channels_applies_to_all() {
        let channel = ChannelId::new();
        let read = |text: String| serde_json::from_str::<FormerSlug>(&text).unwrap();
        let slug: Slug = "old".parse().unwrap();
        let placed = FormerSlug { slug: slug.clone(), channels: Some(vec![channel]) };
        assert_eq!(read(serde_json::to_string(&placed).unwrap()), placed);
        assert_eq!(read("\"old\"".to_owned()), FormerSlug { slug, channels: None });
    }
}
