//! Product types: which attributes products of a kind have.

use serde::{Deserialize, Serialize};

use crate::{Slug, Timestamp, ids::ProductTypeId};

/// A typed description of products.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductType {
    /// Identifier.
    pub id: ProductTypeId,
    /// Counts the writes, from 1.
    pub version: i64,
    /// What systems call it; unique.
    pub slug: Slug,
    /// What staff call it.
    pub name: String,
    /// What products of this type say about themselves.
    #[serde(default)]
    pub attributes: Vec<Attribute>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// One typed property of products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its name in filters; unique within the type.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// What its values are.
    pub kind: AttributeKind,
    /// Whether lists offer it as a facet and filter.
    pub is_filterable: bool,
    /// Whether every product of the type must have a value.
    #[serde(default)]
    pub is_required: bool,
    /// Allowed values of a choice, in display order.
    #[serde(default)]
    pub choices: Vec<String>,
    /// Unit of a number, such as `g` or `cm`.
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
