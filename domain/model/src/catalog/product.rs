//! A product and everything inside its document.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Currency, Locale, Money, Slug, Timestamp,
    ids::{CategoryId, ChannelId, MediaId, ProductId, ProductTypeId, VariantId},
};

/// A sellable idea with its buyable units. The whole is one document, written under its version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Product {
    /// Identifier.
    pub id: ProductId,
    /// Counts the writes, from 1.
    pub version: i64,
    /// The type that describes its attributes.
    pub product_type: ProductTypeId,
    /// The readable part of its link; unique in every channel it is published in.
    pub slug: Slug,
    /// Earlier slugs, which still lead here from where they were seen.
    #[serde(default)]
    pub former_slugs: Vec<FormerSlug>,
    /// Name in the default language.
    pub name: String,
    /// Description in the default language, plain text or Markdown.
    #[serde(default)]
    pub description: String,
    /// Maker or brand.
    #[serde(default)]
    pub vendor: Option<String>,
    /// Free labels.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The class that decides the tax rate; `standard` unless said otherwise.
    pub tax_class: String,
    /// Values of the attributes of its type.
    #[serde(default)]
    pub attributes: Vec<AttributeValue>,
    /// Axes that make the variants; none for a product with one variant.
    #[serde(default)]
    pub options: Vec<ProductOption>,
    /// The units that are bought, in display order; at least one.
    pub variants: Vec<Variant>,
    /// Pictures, in display order.
    #[serde(default)]
    pub media: Vec<Media>,
    /// Categories it is listed in; the first is the main one.
    #[serde(default)]
    pub categories: Vec<CategoryId>,
    /// Channels it is sold in, and from when.
    #[serde(default)]
    pub publications: Vec<Publication>,
    /// What search engines show.
    #[serde(default)]
    pub seo: Seo,
    /// Texts in other languages.
    #[serde(default)]
    pub translations: BTreeMap<Locale, Translation>,
    /// Facts of integrations and themes.
    #[serde(default)]
    pub metafields: Vec<Metafield>,
    /// What another system calls it; unique.
    #[serde(default)]
    pub external_reference: Option<ExternalReference>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// An earlier slug of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "KeptSlug")]
pub struct FormerSlug {
    /// The slug.
    pub slug: Slug,
    /// The channels it leads to the product in, while they sell it; every one where none are named, as for slugs that
    /// were kept before channels were.
    pub channels: Option<Vec<ChannelId>>,
}

/// How former slugs are found in documents: older ones have the slug alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum KeptSlug {
    Bare(Slug),
    Placed { slug: Slug, channels: Option<Vec<ChannelId>> },
}

impl From<KeptSlug> for FormerSlug {
    fn from(kept: KeptSlug) -> Self {
        match kept {
            KeptSlug::Bare(slug) => Self { slug, channels: None },
            KeptSlug::Placed { slug, channels } => Self { slug, channels },
        }
    }
}

/// A buyable unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Identifier; also that of its inventory item.
    pub id: VariantId,
    /// Stock keeping unit; unique in the shop.
    pub sku: String,
    /// Name, composed of its options unless given.
    pub name: String,
    /// One value for each option of the product, in their order.
    #[serde(default)]
    pub selected_options: Vec<SelectedOption>,
    /// Weight for carriers, in grams.
    #[serde(default)]
    pub weight_grams: Option<u32>,
    /// Whether there is something to deliver; false for downloads.
    pub requires_shipping: bool,
    /// What it costs where.
    #[serde(default)]
    pub prices: Vec<Price>,
    /// What it is made of, when it is a bundle: other variants, themselves no bundles, and how many of each. Stock is
    /// that of the components.
    #[serde(default)]
    pub components: Vec<BundleComponent>,
}

/// A part of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleComponent {
    /// The variant inside.
    pub variant_id: VariantId,
    /// Its stock keeping unit.
    pub sku: String,
    /// How many of it.
    pub quantity: u32,
}

/// A price of a variant in one channel and currency, with or without tax as the channel says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// The channel it holds in.
    pub channel: ChannelId,
    /// What one unit costs.
    pub amount: Money,
    /// The merchant's was-price; above the amount.
    #[serde(default)]
    pub compare_at: Option<Money>,
}

/// An axis that makes variants, such as Size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductOption {
    /// Name of the axis.
    pub name: String,
    /// Its values, in display order.
    pub values: Vec<String>,
}

/// The value a variant has on one axis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectedOption {
    /// Name of the axis.
    pub name: String,
    /// The value.
    pub value: String,
}

/// The values of one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeValue {
    /// The attribute's slug in the product type.
    pub slug: String,
    /// Its values, as text in canonical form.
    pub values: Vec<String>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Identifier.
    pub id: MediaId,
    /// Where the original is.
    pub url: String,
    /// What it shows, for those who cannot see it.
    #[serde(default)]
    pub alt: Option<String>,
    /// Width of the original in pixels.
    pub width: u32,
    /// Height of the original in pixels.
    pub height: u32,
}

/// Sold in a channel from a moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The channel.
    pub channel: ChannelId,
    /// When it becomes visible.
    pub publish_at: Timestamp,
}

/// What search engines show; the name and description where empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seo {
    /// Title of the page.
    #[serde(default)]
    pub title: Option<String>,
    /// Summary of the page.
    #[serde(default)]
    pub description: Option<String>,
}

/// Texts in one language; what is absent falls back along the channel's locales.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Translation {
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// Description.
    #[serde(default)]
    pub description: Option<String>,
    /// What search engines show.
    #[serde(default)]
    pub seo: Seo,
}

/// A fact of an integration or theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metafield {
    /// Whose fact it is; namespaces that start with `private` show in the admin API only.
    pub namespace: String,
    /// Its name in the namespace.
    pub key: String,
    /// How to read the value, such as `text` or `number`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The value as text.
    pub value: String,
}

/// What another system calls an object.
pub type ExternalReference = String;

impl Product {
    /// Whether shoppers of the channel may see it.
    #[must_use]
    pub fn is_published(&self, channel: ChannelId, now: Timestamp) -> bool {
        self.publications.iter().any(|publication| publication.channel == channel && publication.publish_at <= now)
    }

    /// The slugs that lead to it in a channel that sells it, now or later; the present one first.
    pub fn slugs_in(&self, channel: ChannelId) -> impl Iterator<Item = &Slug> {
        let is_sold = self.publications.iter().any(|publication| publication.channel == channel);
        let leads = move |former: &&FormerSlug| former.channels.as_ref().is_none_or(|known| known.contains(&channel));
        let former = self.former_slugs.iter().filter(leads).map(|former| &former.slug);
        std::iter::once(&self.slug).chain(former).filter(move |_| is_sold)
    }

    /// Takes another slug. The present one is remembered where it was seen: the latest few are.
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

    /// Forgets a former slug in a channel, where it leads to another product by now.
    pub fn forget_slug(&mut self, slug: &Slug, channel: ChannelId) {
        let sold: Vec<ChannelId> = self.publications.iter().map(|publication| publication.channel).collect();
        for former in self.former_slugs.iter_mut().filter(|former| former.slug == *slug) {
            former.channels.get_or_insert_with(|| sold.clone()).retain(|known| *known != channel);
        }
    }

    /// The variant of an id.
    #[must_use]
    pub fn variant(&self, id: VariantId) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.id == id)
    }

    /// The name in the best locale that has one.
    #[must_use]
    pub fn name_in(&self, locales: &[Locale]) -> &str {
        self.translated(locales, |translation| translation.name.as_deref()).unwrap_or(&self.name)
    }

    /// The description in the best locale that has one.
    #[must_use]
    pub fn description_in(&self, locales: &[Locale]) -> &str {
        self.translated(locales, |translation| translation.description.as_deref()).unwrap_or(&self.description)
    }

    /// The first value that a translation in the order of `locales` has.
    pub fn translated<'a, T: ?Sized>(
        &'a self,
        locales: &[Locale],
        read: impl Fn(&'a Translation) -> Option<&'a T>,
    ) -> Option<&'a T> {
        locales.iter().find_map(|locale| self.translations.get(locale).and_then(&read))
    }

    /// The lowest and highest price of its variants in a channel and currency.
    #[must_use]
    pub fn price_range(&self, channel: ChannelId, currency: Currency) -> Option<(Money, Money)> {
        let prices =
            || self.variants.iter().filter_map(|variant| variant.price(channel, currency)).map(|price| price.amount);
        let lowest = prices().min_by_key(|price| price.minor)?;
        let highest = prices().max_by_key(|price| price.minor)?;
        Some((lowest, highest))
    }

    /// The metafield of a name, private namespaces left out unless asked for.
    #[must_use]
    pub fn metafield(&self, namespace: &str, key: &str) -> Option<&Metafield> {
        self.metafields.iter().find(|field| field.namespace == namespace && field.key == key)
    }
}

impl Metafield {
    /// Whether only staff may see it.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.namespace.starts_with("private")
    }
}

impl Variant {
    /// Its price in a channel and currency.
    #[must_use]
    pub fn price(&self, channel: ChannelId, currency: Currency) -> Option<&Price> {
        self.prices.iter().find(|price| price.channel == channel && price.amount.currency == currency)
    }

    /// Whether it is made of other variants.
    #[must_use]
    pub fn is_bundle(&self) -> bool {
        !self.components.is_empty()
    }

    /// What must be in stock to sell one: itself, or the components of a bundle, none of which is a bundle.
    pub fn stock_needs(&self) -> impl Iterator<Item = (VariantId, u32)> {
        let own = (!self.is_bundle()).then_some((self.id, 1));
        own.into_iter().chain(self.components.iter().map(|part| (part.variant_id, part.quantity)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_former_slug_of_an_older_document_leads_from_every_channel() {
        let channel = ChannelId::new();
        let read = |text: String| serde_json::from_str::<FormerSlug>(&text).unwrap();
        let slug: Slug = "old".parse().unwrap();
        let placed = FormerSlug { slug: slug.clone(), channels: Some(vec![channel]) };
        assert_eq!(read(serde_json::to_string(&placed).unwrap()), placed);
        assert_eq!(read("\"old\"".to_owned()), FormerSlug { slug, channels: None });
    }
}
