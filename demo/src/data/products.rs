//! Products whose data documentation, examples and checks rely on.

use std::collections::BTreeMap;

use model::catalog::{AttributeValue, Metafield, ProductOption, Seo};
use serde::Deserialize;

use super::{Word, catalog::yes};

/// The products whose data documentation, examples and checks rely on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedProducts {
    /// The products in the order in which they were created.
    pub products: Vec<NamedProduct>,
}

/// A product.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedProduct {
    /// The slug.
    pub slug: String,
    /// The name.
    pub name: Word,
    /// The slug of the product type.
    pub product_type: String,
    /// The path of the category.
    pub category: String,
    /// The vendor.
    pub vendor: String,
    /// The description.
    pub description: String,
    /// The German description; none if it is not translated.
    #[serde(default)]
    pub german_description: Option<String>,
    /// The tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The tax class.
    #[serde(default = "standard")]
    pub tax_class: String,
    /// The attributes.
    #[serde(default)]
    pub attributes: Vec<AttributeValue>,
    /// The options; a product with options has one variant for each combination of their values.
    #[serde(default)]
    pub options: Vec<ProductOption>,
    /// The metafields.
    #[serde(default)]
    pub metafields: Vec<Metafield>,
    /// The title and description for search engines.
    #[serde(default)]
    pub seo: Seo,
    /// True if the product is published in the channels that it has prices for.
    #[serde(default = "yes")]
    pub is_published: bool,
    /// Units of each variant, by location.
    #[serde(default)]
    pub stock: Vec<(String, i64)>,
    /// The only variant, or what all variants have in common.
    pub variant: NamedVariant,
}

/// The only variant of a product, or what all its variants have in common.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedVariant {
    /// The SKU, or its prefix if the product has options.
    pub sku: String,
    /// The name, if the product has no options.
    #[serde(default)]
    pub name: Option<String>,
    /// Prices in minor units, by channel.
    pub prices: BTreeMap<String, i64>,
    /// Prices before a reduction in minor units, by channel.
    #[serde(default)]
    pub compare_at: BTreeMap<String, i64>,
    /// The weight in grams.
    #[serde(default)]
    pub weight_grams: Option<u32>,
    /// True if the variant is shipped.
    #[serde(default = "yes")]
    pub requires_shipping: bool,
    /// The SKUs in a bundle, with their quantities.
    #[serde(default)]
    pub components: Vec<(String, u32)>,
}

fn standard() -> String {
    "standard".to_owned()
}
