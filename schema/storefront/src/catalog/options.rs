//! Options of products and the values of variants, in the language of the request.

use async_graphql::{Context, Object, Result};
use model::catalog;
use schema_shared::RequestExt;

/// An option that distinguishes the variants of a product, such as size.
pub struct ProductOption<'a>(pub &'a catalog::ProductOption);

/// An option that distinguishes the variants of a product, such as size.
#[Object]
impl ProductOption<'_> {
    /// Name of the option in the language of the request.
    fn name<'a>(&'a self, ctx: &Context<'_>) -> Result<&'a str> {
        Ok(self.0.name_in(&ctx.request()?.context()?.locales))
    }

    /// Values of the option in display order, in the language of the request.
    fn values<'a>(&'a self, ctx: &Context<'_>) -> Result<Vec<&'a str>> {
        let locales = &ctx.request()?.context()?.locales;
        Ok(self.0.values.iter().map(|value| self.0.value_in(value, locales)).collect())
    }
}

/// The value of a variant for one option.
pub struct SelectedOption<'a> {
    /// The option; none if the product has no such option any more.
    pub option: Option<&'a catalog::ProductOption>,
    /// The untranslated name and value.
    pub selected: &'a catalog::SelectedOption,
}

/// The value of a variant for one option.
#[Object]
impl SelectedOption<'_> {
    /// Name of the option in the language of the request, as in `Product.options`.
    fn name<'a>(&'a self, ctx: &Context<'_>) -> Result<&'a str> {
        let locales = &ctx.request()?.context()?.locales;
        Ok(self.option.map_or(self.selected.name.as_str(), |option| option.name_in(locales)))
    }

    /// Value of the variant in the language of the request, as in `Product.options`.
    fn value<'a>(&'a self, ctx: &Context<'_>) -> Result<&'a str> {
        let locales = &ctx.request()?.context()?.locales;
        let value = self.selected.value.as_str();
        Ok(self.option.map_or(value, |option| option.value_in(value, locales)))
    }
}
