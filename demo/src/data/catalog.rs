//! Product types, categories and collections.

use std::collections::BTreeMap;

use model::catalog::AttributeKind;
use serde::Deserialize;

use super::Word;

/// Product types, categories and collections.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// Choices of the attributes of kind choice, by attribute.
    pub choices: BTreeMap<String, Vec<String>>,
    /// Product types.
    pub product_types: Vec<TypeRow>,
    /// Categories above the leaves: path, name, German name; parents first.
    pub branches: Vec<(String, String, String)>,
    /// Categories without subcategories, with their products.
    pub leaves: Vec<Leaf>,
    /// Collections.
    pub collections: Vec<CollectionRow>,
}

impl Catalog {
    /// The choices of an attribute; empty if it accepts any value.
    pub fn choices_of(&self, attribute: &str) -> &[String] {
        self.choices.get(attribute).map_or(&[], Vec::as_slice)
    }
}

/// A product type.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeRow {
    /// The slug.
    pub slug: String,
    /// The name.
    pub name: String,
    /// The attributes.
    pub attributes: Vec<AttributeRow>,
}

/// An attribute of a product type.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeRow {
    /// The slug.
    pub slug: String,
    /// The name.
    pub name: String,
    /// The kind of values.
    pub kind: AttributeKind,
    /// True if lists of products can be filtered by it.
    #[serde(default = "yes")]
    pub is_filterable: bool,
    /// The unit of its values.
    #[serde(default)]
    pub unit: Option<String>,
}

/// The default of flags that are on.
pub const fn yes() -> bool {
    true
}

/// A category without subcategories, with the products in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// The slugs of the category and of those above it, separated by slashes.
    pub path: String,
    /// The name.
    pub name: Word,
    /// The slug of the product type.
    pub product_type: String,
    /// The prefix of SKUs; unique.
    pub sku: String,
    /// Nouns, or patterns, of product names.
    pub nouns: Vec<Word>,
    /// The form of product names.
    pub title: Title,
    /// The list of vendors.
    pub vendors: String,
    /// The options of the variants.
    pub axes: Axes,
    /// The lowest and highest price in euros.
    pub price: (u32, u32),
    /// The lowest and highest weight in grams; none if the products are not shipped.
    #[serde(default)]
    pub weight: Option<(u32, u32)>,
}

/// The form of product names, with the list of words to use.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Title {
    /// `Alder Linen Shirt`: a line, a material, a noun.
    Made(String),
    /// `Alder Harbour Print`: a line, a motif, a noun.
    Motif(String),
    /// `The Alder Atlas of Coasts`: the noun is a pattern with `{line}` and `{subject}`.
    Pattern(String),
}

impl Title {
    /// The list of words.
    pub fn list(&self) -> &str {
        match self {
            Self::Made(list) | Self::Motif(list) | Self::Pattern(list) => list,
        }
    }
}

/// The options of the variants of a product.
#[derive(PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axes {
    /// Sizes of clothes, and colors.
    SizeAndColor,
    /// Colors.
    Color,
    /// Some of these sizes.
    Size(Vec<String>),
    /// One variant without options.
    None,
}

/// A collection.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectionRow {
    /// The slug.
    pub slug: String,
    /// The name.
    pub name: Word,
    /// The description.
    pub description: String,
    /// The percentage of all products that it contains.
    pub percent: u32,
}
