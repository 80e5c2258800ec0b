//! Metafields, the values of integrations and themes.

use async_graphql::Object;
use model::catalog;

/// A value of an integration or theme.
pub struct Metafield<'a>(pub &'a catalog::Metafield);

/// A value of an integration or theme, identified by namespace and key.
#[Object]
impl Metafield<'_> {
    /// Namespace of the metafield. Namespaces that start with `private` are visible in the admin API only.
    fn namespace(&self) -> &str {
        &self.0.namespace
    }

    /// Key of the metafield, unique in its namespace.
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
