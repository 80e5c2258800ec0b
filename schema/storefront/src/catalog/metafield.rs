//! Facts of integrations and themes that shoppers may see.

use async_graphql::{InputObject, Object};

/// A fact of an integration or theme.
pub struct Metafield(pub model::catalog::Metafield);

/// A fact of an integration or theme, named by a namespace and a key.
#[Object]
impl Metafield {
    /// Whose fact it is.
    fn namespace(&self) -> &str {
        &self.0.namespace
    }

    /// Its name in the namespace.
    fn key(&self) -> &str {
        &self.0.key
    }

    /// How to read the value, such as `text` or `number`.
    #[graphql(name = "type")]
    fn kind(&self) -> &str {
        &self.0.kind
    }

    /// The value as text.
    fn value(&self) -> &str {
        &self.0.value
    }
}

/// Names a metafield.
#[derive(InputObject)]
pub struct MetafieldIdentifier {
    /// Whose fact it is.
    pub namespace: String,
    /// Its name in the namespace.
    pub key: String,
}

/// The metafield of a name, unless it is private.
pub(super) fn find(fields: &[model::catalog::Metafield], namespace: &str, key: &str) -> Option<Metafield> {
    let found = fields.iter().find(|field| field.namespace == namespace && field.key == key);
    found.filter(|field| !field.is_private()).cloned().map(Metafield)
}

/// The metafields of some names, in their order, null for those that are not there.
pub(super) fn find_all(
    fields: &[model::catalog::Metafield],
    identifiers: &[MetafieldIdentifier],
) -> Vec<Option<Metafield>> {
    identifiers.iter().map(|identifier| find(fields, &identifier.namespace, &identifier.key)).collect()
}
