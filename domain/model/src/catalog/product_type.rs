//! Product types, which define the attributes of products.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::TermTranslation;
use crate::{Locale, Slug, Timestamp, ids::ProductTypeId};

/// A product type with the attributes that its products have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductType {
    /// Global id.
    pub id: ProductTypeId,
    /// Number of writes, starting at 1.
    pub version: i64,
    /// Unique name in the API.
    pub slug: Slug,
    /// Name in the default locale.
    pub name: String,
    /// Names in other locales.
    #[serde(default)]
    pub translations: BTreeMap<Locale, String>,
    /// Attributes of products of this type.
    #[serde(default)]
    pub attributes: Vec<Attribute>,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time of the last write.
    pub updated_at: Timestamp,
}

/// A typed attribute of products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Name in filters; unique within the type.
    pub slug: String,
    /// Name shown to people.
    pub name: String,
    /// Type of the values.
    pub kind: AttributeKind,
    /// True if product lists offer the attribute as a facet and filter.
    pub is_filterable: bool,
    /// True if every product of the type must have a value.
    #[serde(default)]
    pub is_required: bool,
    /// Allowed values of a `CHOICE` attribute, in display order.
    #[serde(default)]
    pub choices: Vec<String>,
    /// Unit of numeric values, such as `g` or `cm`.
    #[serde(default)]
    pub unit: Option<String>,
    /// Name and choices in other locales.
    #[serde(default)]
    pub translations: BTreeMap<Locale, TermTranslation>,
}

impl ProductType {
    /// The name in the first of the locales that has one, else in the default locale.
    #[must_use]
    pub fn name_in(&self, locales: &[Locale]) -> &str {
        locales.iter().find_map(|locale| self.translations.get(locale)).map_or(&self.name, String::as_str)
    }

    /// Finds an attribute by its slug.
    #[must_use]
    pub fn attribute(&self, slug: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.slug == slug)
    }
}

impl Attribute {
    /// The name in the first of the locales that has one, else in the default locale.
    #[must_use]
    pub fn name_in(&self, locales: &[Locale]) -> &str {
        TermTranslation::name(&self.translations, locales).unwrap_or(&self.name)
    }

    /// A value in the first of the locales that has it, else as it is stored. Only choices have translations.
    #[must_use]
    pub fn value_in<'a>(&'a self, value: &'a str, locales: &[Locale]) -> &'a str {
        TermTranslation::value(&self.translations, value, locales).unwrap_or(value)
    }
}

/// The type of an attribute's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum AttributeKind {
    /// Any text; an attribute may have several values.
    Text,
    /// A whole number.
    Integer,
    /// A decimal number.
    Decimal,
    /// Either `true` or `false`.
    Boolean,
    /// A calendar date, `YYYY-MM-DD`.
    Date,
    /// One or more of the listed choices.
    Choice,
}
