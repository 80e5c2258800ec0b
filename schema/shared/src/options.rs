//! Options of products.

use async_graphql::Object;
use model::catalog;

/// An axis that makes variants, such as Size.
pub struct ProductOption<'a>(pub &'a catalog::ProductOption);

/// An axis that makes variants, such as Size.
#[Object]
impl ProductOption<'_> {
    /// Name of the axis.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Its values, in display order.
    fn values(&self) -> &[String] {
        &self.0.values
    }
}

/// The value of a variant on one axis.
pub struct SelectedOption<'a>(pub &'a catalog::SelectedOption);

/// The value of a variant on one axis.
#[Object]
impl SelectedOption<'_> {
    /// Name of the axis.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// The value.
    fn value(&self) -> &str {
        &self.0.value
    }
}
