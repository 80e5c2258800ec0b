//! Metafields that shoppers can read.

use async_graphql::{InputObject, Object};

/// A value of an integration or theme.
pub struct Metafield(pub model::catalog::Metafield);

/// A value of an integration or theme, identified by namespace and key.
#[Object]
impl Metafield {
    /// Namespace of the metafield.
    fn namespace(&self) -> &str {
        &self.0.namespace
    }

    /// Key in the namespace.
    fn key(&self) -> &str {
        &self.0.key
    }

    /// Type of the value, such as `text` or `number`.
    #[graphql(name = "type")]
    fn kind(&self) -> &str {
        &self.0.kind
    }

    /// Value of the metafield as text.
    fn value(&self) -> &str {
        &self.0.value
    }
}

/// The namespace and key of a metafield.
#[derive(InputObject)]
pub struct MetafieldIdentifier {
    /// Namespace of the metafield.
    pub namespace: String,
    /// Key in the namespace.
    pub key: String,
}

/// The metafield of a namespace and key, unless it is private.
pub(super) fn find(fields: &[model::catalog::Metafield], namespace: &str, key: &str) -> Option<Metafield> {
    let found = fields.iter().find(|field| field.namespace == namespace && field.key == key);
    found.filter(|field| !field.is_private()).cloned().map(Metafield)
}

/// The metafields of the identifiers, in their order; none for those that do not exist.
pub(super) fn find_all(
    fields: &[model::catalog::Metafield],
    identifiers: &[MetafieldIdentifier],
) -> Vec<Option<Metafield>> {
    identifiers.iter().map(|identifier| find(fields, &identifier.namespace, &identifier.key)).collect()
}
