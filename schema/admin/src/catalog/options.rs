//! Options of products and the values of variants.

use async_graphql::Object;
use model::catalog;

use super::translations::{self, Terms};

/// An option that distinguishes the variants of a product, such as size.
pub struct ProductOption<'a>(pub &'a catalog::ProductOption);

/// An option that distinguishes the variants of a product, such as size.
#[Object]
impl ProductOption<'_> {
    /// Name of the option in the default language.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Values of the option in display order, in the default language.
    fn values(&self) -> &[String] {
        &self.0.values
    }

    /// Name and values in other languages.
    fn translations(&self) -> Vec<Terms> {
        translations::shown_terms(&self.0.translations)
    }
}

/// The value of a variant for one option.
pub struct SelectedOption<'a>(pub &'a catalog::SelectedOption);

/// The value of a variant for one option.
#[Object]
impl SelectedOption<'_> {
    /// Name of the option.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Value of the variant.
    fn value(&self) -> &str {
        &self.0.value
    }
}
