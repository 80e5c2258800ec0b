//! The indexed data of a product, and its conversion to an index document.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use model::{
    Currency, Money, Timestamp,
    catalog::ProductStatus,
    ids::{CategoryId, ChannelId, CollectionId, ProductId, ProductTypeId},
};
use tantivy::{TantivyDocument, schema::OwnedValue};

use super::{
    facets::FacetKey,
    fields::{self, Fields},
    text,
};

/// Maximum length of an indexed facet value or tag, in bytes.
const MAX_VALUE: usize = 200;

/// The data of a product for lists and search.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IndexedProduct {
    /// The identifier.
    pub id: ProductId,
    /// The current slug.
    pub slug: String,
    /// The stock keeping units of its variants.
    pub skus: Vec<String>,
    /// The reference in an external system.
    pub reference: Option<String>,
    /// The status.
    pub status: ProductStatus,
    /// Channels that publish it, now or later.
    pub channels: Vec<ChannelEntry>,
    /// The lowest price per channel and currency.
    pub prices: Vec<(ChannelId, Money)>,
    /// The names in all languages.
    pub names: Vec<String>,
    /// Short searchable texts besides the names: vendor, tags, type, categories, attributes, SKUs.
    pub keywords: Vec<String>,
    /// The descriptions in all languages.
    pub descriptions: Vec<String>,
    /// The product type.
    pub product_type: ProductTypeId,
    /// The manufacturer or brand.
    pub vendor: Option<String>,
    /// Tags set by the merchant.
    pub tags: Vec<String>,
    /// Its categories and all their ancestors.
    pub categories: Vec<CategoryId>,
    /// Its collections with its position in each.
    pub collections: Vec<(CollectionId, i64)>,
    /// Values of the filterable attributes, by slug.
    pub attributes: Vec<(String, Vec<String>)>,
    /// The displayed name per chain of languages and the untranslated one, see [`super::ProductQuery::names`].
    pub sort_names: Vec<(String, String)>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
    /// Units sold in the last 30 days.
    pub units_sold: i64,
}

/// The publication of a product in one channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ChannelEntry {
    /// The channel.
    pub channel: ChannelId,
    /// Time from which it is visible.
    pub publish_at: Timestamp,
    /// The currencies in which it is available.
    pub available: Vec<Currency>,
}

impl IndexedProduct {
    /// A hash of all fields.
    pub(super) fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (fields::FORMAT, self).hash(&mut hasher);
        hasher.finish()
    }

    /// The index document.
    pub(super) fn to_document(&self, fields: &Fields) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        for key in self.keys() {
            document.add_text(fields.keys, key);
        }
        for (facet, value) in self.facet_values() {
            document.add_text(fields.facets, facet.term(cut(value)));
        }
        let words_of = |texts: &[String]| texts.iter().flat_map(|text| text::words(text)).collect::<BTreeSet<String>>();
        for (field, texts) in
            [(fields.name, &self.names), (fields.keywords, &self.keywords), (fields.description, &self.descriptions)]
        {
            for word in words_of(texts) {
                document.add_text(field, word);
            }
        }
        let (high, low) = self.id.uuid().as_u64_pair();
        document.add_u64(fields.id_high, high);
        document.add_u64(fields.id_low, low);
        document.add_u64(fields.digest, self.digest());
        document.add_i64(fields.created_at, self.created_at.timestamp_micros());
        document.add_i64(fields.updated_at, self.updated_at.timestamp_micros());
        document.add_i64(fields.units_sold, self.units_sold);
        document.add_u64(fields.name_length, self.name_length());
        document.add_object(fields.numbers, self.numbers());
        let names =
            self.sort_names.iter().map(|(chain, name)| (chain.clone(), OwnedValue::Str(text::fold(&cut(name)))));
        document.add_object(fields.names, names.collect());
        document
    }

    fn keys(&self) -> BTreeSet<String> {
        let mut keys = BTreeSet::from([
            fields::product_key(self.id),
            fields::slug_key(&self.slug),
            fields::status_key(self.status),
        ]);
        keys.extend(self.skus.iter().map(|sku| fields::sku_key(sku)));
        keys.extend(self.reference.iter().map(|reference| fields::reference_key(reference)));
        for entry in &self.channels {
            keys.insert(fields::channel_key(entry.channel));
            keys.extend(entry.available.iter().map(|currency| fields::available_key(entry.channel, *currency)));
        }
        keys.extend(self.categories.iter().map(|id| fields::category_key(*id)));
        keys.extend(self.collections.iter().map(|(id, _)| fields::collection_key(*id)));
        keys.extend(self.tags.iter().map(|tag| fields::tag_key(&cut(tag))));
        keys
    }

    /// The distinct facet values.
    fn facet_values(&self) -> BTreeSet<(FacetKey, String)> {
        let mut values = BTreeSet::from([(FacetKey::ProductType, self.product_type.uuid().simple().to_string())]);
        values.extend(self.vendor.iter().map(|vendor| (FacetKey::Vendor, vendor.clone())));
        values.extend(self.categories.iter().map(|id| (FacetKey::Category, id.uuid().simple().to_string())));
        for (slug, of_slug) in &self.attributes {
            values.extend(of_slug.iter().map(|value| (FacetKey::Attribute(slug.clone()), value.clone())));
        }
        values
    }

    fn numbers(&self) -> BTreeMap<String, OwnedValue> {
        let published = self.channels.iter().map(|entry| {
            (fields::published_column(entry.channel), OwnedValue::I64(entry.publish_at.timestamp_micros()))
        });
        let prices = self
            .prices
            .iter()
            .map(|(channel, price)| (fields::price_column(*channel, price.currency), OwnedValue::I64(price.minor)));
        let positions =
            self.collections.iter().map(|(id, position)| (fields::position_column(*id), OwnedValue::I64(*position)));
        published.chain(prices).chain(positions).collect()
    }

    fn name_length(&self) -> u64 {
        self.names.iter().map(|name| text::words(name).len() as u64).filter(|length| *length > 0).min().unwrap_or(0)
    }
}

/// Truncates a value to the indexed length; filters truncate in the same way.
pub(super) fn cut(value: impl AsRef<str>) -> String {
    let value = value.as_ref();
    let mut end = value.len().min(MAX_VALUE);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    value.get(..end).unwrap_or_default().replace(fields::SEPARATOR, " ")
}
