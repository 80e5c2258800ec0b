//! Metafields that shoppers can read.

use async_graphql::InputObject;
use model::catalog;
use schema_shared::Metafield;

/// The namespace and key of a metafield.
#[derive(InputObject)]
pub struct MetafieldIdentifier {
    /// Namespace of the metafield.
    pub namespace: String,
    /// Key in the namespace.
    pub key: String,
}

/// The metafield of a namespace and key, unless it is private.
pub(super) fn find<'a>(fields: &'a [catalog::Metafield], namespace: &str, key: &str) -> Option<Metafield<'a>> {
    let found = fields.iter().find(|field| field.namespace == namespace && field.key == key);
    found.filter(|field| !field.is_private()).map(Metafield)
}

/// The metafields of the identifiers, in their order; none for those that do not exist.
pub(super) fn find_all<'a>(
    fields: &'a [catalog::Metafield],
    identifiers: &[MetafieldIdentifier],
) -> Vec<Option<Metafield<'a>>> {
    identifiers.iter().map(|identifier| find(fields, &identifier.namespace, &identifier.key)).collect()
}
