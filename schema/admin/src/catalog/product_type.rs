//! Product types.

use async_graphql::{ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use model::catalog;
use schema_shared::{NameTranslation, to_id};

use super::translations::{self, Terms};

/// A product type, which defines the attributes of its products.
#[derive(Clone)]
pub struct ProductType(pub catalog::ProductType);

/// A product type, which defines the attributes of its products.
#[Object]
impl ProductType {
    /// Global id of the product type.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Version of the product type: starts at 1 and increases with each change. Send it as `expectedVersion` to reject
    /// a lost update.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// Unique slug for integrations.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Name of the product type in the default language.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Names in other languages.
    fn translations(&self) -> Vec<NameTranslation> {
        NameTranslation::all(&self.0.translations)
    }

    /// Attributes that products of this type have.
    fn attributes(&self) -> Vec<AttributeDefinition> {
        self.0.attributes.iter().map(AttributeDefinition::from).collect()
    }

    /// Time at which the product type was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Time of the last change.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// An attribute that the products of a type have.
#[derive(SimpleObject)]
pub struct AttributeDefinition {
    /// Slug for filters, unique in the product type.
    slug: String,
    /// Name of the attribute for people.
    name: String,
    /// Kind of the values.
    kind: catalog::AttributeKind,
    /// True if product lists offer the attribute as facet and filter.
    is_filterable: bool,
    /// True if each product of the type must have a value.
    is_required: bool,
    /// Permitted values in display order; empty for kinds other than `CHOICE`.
    choices: Vec<String>,
    /// Unit of numbers, such as `g`; null if there is none.
    unit: Option<String>,
    /// Name and choices in other languages.
    translations: Vec<Terms>,
}

impl From<&catalog::Attribute> for AttributeDefinition {
    fn from(attribute: &catalog::Attribute) -> Self {
        Self {
            slug: attribute.slug.clone(),
            name: attribute.name.clone(),
            kind: attribute.kind,
            is_filterable: attribute.is_filterable,
            is_required: attribute.is_required,
            choices: attribute.choices.clone(),
            unit: attribute.unit.clone(),
            translations: translations::shown_terms(&attribute.translations),
        }
    }
}
