//! Texts for search engines.

use async_graphql::Object;
use model::{Locale, catalog::Localized};

/// Title and description for search engines, in the language of the request.
pub struct Seo<'a> {
    title: &'a str,
    description: &'a str,
}

impl<'a> Seo<'a> {
    /// The texts of an object in the first of the locales that has them.
    pub(super) fn of(object: &'a impl Localized, locales: &[Locale]) -> Self {
        Self { title: object.seo_title_in(locales), description: object.seo_description_in(locales) }
    }
}

/// Title and description for search engines.
#[Object]
impl Seo<'_> {
    /// Title for search engines; the name of the object if none is set.
    fn title(&self) -> &str {
        self.title
    }

    /// Description for search engines; the description of the object if none is set.
    fn description(&self) -> &str {
        self.description
    }
}
