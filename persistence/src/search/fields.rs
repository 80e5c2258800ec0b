//! The fields of the index, and the keys of columns and terms that are known only at run time.

use model::{
    Currency,
    catalog::ProductStatus,
    ids::{CategoryId, ChannelId, CollectionId, ProductId},
};
use tantivy::schema::{
    FAST, Field, IndexRecordOption, JsonObjectOptions, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};

/// Version of the index format; an index with another version is rebuilt. Increment it when this file, or the conversion
/// of products to documents, changes.
pub(super) const FORMAT: u32 = 4;

/// Handles of the fields.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    /// Exact terms: id, slug, SKUs, reference, status, channels, categories, collections, tags.
    pub keys: Field,
    /// Facet values as `<facet>\u{1}<value>`, so that sorting keeps the values of a facet together.
    pub facets: Field,
    /// Words of the names in every language.
    pub name: Field,
    /// Words of the short texts: vendor, tags, type, categories, attributes, SKUs.
    pub keywords: Field,
    /// Words of the descriptions in every language.
    pub description: Field,
    /// The upper half of the product's id.
    pub id_high: Field,
    /// The lower half of the product's id.
    pub id_low: Field,
    /// A hash of the product, to detect writes that change nothing.
    pub digest: Field,
    /// Creation time in microseconds.
    pub created_at: Field,
    /// Time of the last change in microseconds.
    pub updated_at: Field,
    /// Units sold in the last 30 days.
    pub units_sold: Field,
    /// Number of words of the shortest name.
    pub name_length: Field,
    /// Numbers by key: prices, publication times, positions.
    pub numbers: Field,
    /// Sort names by language chain.
    pub names: Field,
}

impl Fields {
    /// The schema and its handles.
    pub fn build() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let fields = Self {
            keys: schema.add_text_field("keys", exact()),
            facets: schema.add_text_field("facets", exact().set_fast("raw")),
            name: schema.add_text_field("name", exact()),
            keywords: schema.add_text_field("keywords", exact()),
            description: schema.add_text_field("description", exact()),
            id_high: schema.add_u64_field("id_high", FAST),
            id_low: schema.add_u64_field("id_low", FAST),
            digest: schema.add_u64_field("digest", FAST),
            created_at: schema.add_i64_field("created_at", NumericOptions::default().set_fast()),
            updated_at: schema.add_i64_field("updated_at", NumericOptions::default().set_fast()),
            units_sold: schema.add_i64_field("units_sold", FAST),
            name_length: schema.add_u64_field("name_length", FAST),
            numbers: schema.add_json_field("numbers", JsonObjectOptions::default().set_fast("raw")),
            names: schema.add_json_field("names", JsonObjectOptions::default().set_fast("raw")),
        };
        (schema.build(), fields)
    }
}

/// Untokenized terms without frequencies or positions.
fn exact() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing)
}

/// Separates a facet from its value.
pub(super) const SEPARATOR: char = '\u{1}';

/// The key of a product.
pub(super) fn product_key(id: ProductId) -> String {
    format!("i:{}", id.uuid().simple())
}

/// The key of products that a channel publishes, now or later.
pub(super) fn channel_key(id: ChannelId) -> String {
    format!("p:{}", id.uuid().simple())
}

/// The key of products that are available in a channel and currency.
pub(super) fn available_key(id: ChannelId, currency: Currency) -> String {
    format!("a:{}:{}", id.uuid().simple(), currency.code())
}

/// The key of products in a category or its descendants.
pub(super) fn category_key(id: CategoryId) -> String {
    format!("c:{}", id.uuid().simple())
}

/// The key of products in a collection.
pub(super) fn collection_key(id: CollectionId) -> String {
    format!("k:{}", id.uuid().simple())
}

/// The key of products with a tag.
pub(super) fn tag_key(tag: &str) -> String {
    format!("t:{tag}")
}

/// The key of the product with a slug.
pub(super) fn slug_key(slug: &str) -> String {
    format!("s:{slug}")
}

/// The key of the product that has a SKU.
pub(super) fn sku_key(sku: &str) -> String {
    format!("u:{sku}")
}

/// The key of the product with a reference in an external system.
pub(super) fn reference_key(reference: &str) -> String {
    format!("x:{reference}")
}

/// The key of products with a status.
pub(super) fn status_key(status: ProductStatus) -> String {
    format!("z:{status}")
}

/// The column of the lowest price in a channel and currency.
pub(super) fn price_column(channel: ChannelId, currency: Currency) -> String {
    format!("price_{}_{}", channel.uuid().simple(), currency.code())
}

/// The column of the publication time in a channel, in microseconds.
pub(super) fn published_column(channel: ChannelId) -> String {
    format!("published_{}", channel.uuid().simple())
}

/// The column of the position in a collection.
pub(super) fn position_column(collection: CollectionId) -> String {
    format!("position_{}", collection.uuid().simple())
}
