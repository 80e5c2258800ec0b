//! Product types.

use async_graphql::{ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use model::catalog;
use schema_shared::to_id;

/// A typed description of products.
#[derive(Clone)]
pub struct ProductType(pub catalog::ProductType);

/// A typed description of products.
#[Object]
impl ProductType {
    /// Global id.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Counts the changes, from 1.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// What systems call it; unique.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Name.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// What products of this type say about themselves.
    fn attributes(&self) -> Vec<AttributeDefinition> {
        self.0.attributes.iter().map(AttributeDefinition::from).collect()
    }

    /// When it was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// One typed property of products.
#[derive(SimpleObject)]
pub struct AttributeDefinition {
    /// Its name in filters; unique within the type.
    slug: String,
    /// Its name for people.
    name: String,
    /// What its values are.
    kind: catalog::AttributeKind,
    /// Whether lists offer it as a facet and filter.
    is_filterable: bool,
    /// Whether every product of the type must have a value.
    is_required: bool,
    /// What may be chosen, in display order; empty for other kinds.
    choices: Vec<String>,
    /// Unit of a number, such as `g`.
    unit: Option<String>,
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
        }
    }
}
