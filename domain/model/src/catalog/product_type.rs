//! Product types, which define the attributes of products.

use serde::{Deserialize, Serialize};

use crate::{Slug, Timestamp, ids::ProductTypeId};

/// A product type with the attributes that its products have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductType {
    /// Global id.
    pub id: ProductTypeId,
    /// Number of writes, starting at 1.
    pub version: i64,
    /// Unique name in the API.
    pub slug: Slug,
    /// Name shown to staff.
    pub name: String,
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
