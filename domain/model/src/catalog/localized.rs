//! Names and descriptions in the best available locale.

use std::{borrow::Cow, collections::BTreeMap};

use super::{Category, Collection, Product, Seo, Translation, Variant, variant_name};
use crate::Locale;

/// An object with a name and a description in the default locale, and translations into other locales.
pub trait Localized {
    /// Name and description in the default locale.
    fn default_texts(&self) -> (&str, &str);

    /// Texts for search engines in the default locale.
    fn default_seo(&self) -> &Seo;

    /// Texts in other locales.
    fn translations(&self) -> &BTreeMap<Locale, Translation>;

    /// The first value that the translations provide, in the order of `locales`.
    fn translated<'a, T: ?Sized>(
        &'a self,
        locales: &[Locale],
        read: impl Fn(&'a Translation) -> Option<&'a T>,
    ) -> Option<&'a T> {
        locales.iter().find_map(|locale| self.translations().get(locale).and_then(&read))
    }

    /// The name in the first of the locales that has one, else in the default locale.
    fn name_in(&self, locales: &[Locale]) -> &str {
        self.translated(locales, |translation| translation.name.as_deref()).unwrap_or(self.default_texts().0)
    }

    /// The description in the first of the locales that has one, else in the default locale.
    fn description_in(&self, locales: &[Locale]) -> &str {
        let description = self.translated(locales, |translation| translation.description.as_deref());
        description.unwrap_or(self.default_texts().1)
    }

    /// The title for search engines in the first of the locales that has one, else in the default locale, else the name.
    fn seo_title_in(&self, locales: &[Locale]) -> &str {
        let translated = self.translated(locales, |translation| translation.seo.title.as_deref());
        let own = || self.default_seo().title.as_deref();
        translated.or_else(own).unwrap_or_else(|| self.name_in(locales))
    }

    /// The description for search engines, like [`Self::seo_title_in`].
    fn seo_description_in(&self, locales: &[Locale]) -> &str {
        let translated = self.translated(locales, |translation| translation.seo.description.as_deref());
        let own = || self.default_seo().description.as_deref();
        translated.or_else(own).unwrap_or_else(|| self.description_in(locales))
    }
}

macro_rules! localized {
    ($($type:ty),+) => {$(
        impl Localized for $type {
            fn default_texts(&self) -> (&str, &str) {
                (&self.name, &self.description)
            }

            fn default_seo(&self) -> &Seo {
                &self.seo
            }

            fn translations(&self) -> &BTreeMap<Locale, Translation> {
                &self.translations
            }
        }
    )+};
}

localized!(Product, Category, Collection);

impl Variant {
    /// The name to show in the first of the locales that has one. A name that was composed of the option values is composed
    /// of their translations.
    #[must_use]
    pub fn name_in<'a>(&'a self, product: &'a Product, locales: &[Locale]) -> Cow<'a, str> {
        let has_translations = product.options.iter().any(|option| !option.translations.is_empty());
        let values = || self.selected_options.iter().map(|selected| selected.value.as_str());
        if !has_translations || self.name != variant_name(values(), &product.name) {
            return Cow::Borrowed(&self.name);
        }
        let translated = self.selected_options.iter().map(|selected| {
            let option = product.options.iter().find(|option| option.name == selected.name);
            option.map_or(selected.value.as_str(), |option| option.value_in(&selected.value, locales))
        });
        Cow::Owned(variant_name(translated, &product.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::{ProductOption, SelectedOption, TermTranslation},
        fixtures,
    };

    #[test]
    fn a_composed_name_is_translated_and_an_own_name_is_not() {
        let locale = |tag: &str| -> Locale { tag.parse().unwrap() };
        let values = [("black".to_owned(), "schwarz".to_owned())].into();
        let german = TermTranslation { name: Some("Farbe".to_owned()), values };
        let option = |name: &str, values: &[&str]| ProductOption {
            name: name.to_owned(),
            values: values.iter().map(|&value| value.to_owned()).collect(),
            translations: BTreeMap::new(),
        };
        let color =
            ProductOption { translations: [(locale("de"), german)].into(), ..option("Color", &["black", "red"]) };
        let selected = |name: &str, value: &str| SelectedOption { name: name.to_owned(), value: value.to_owned() };
        let mut variant = Variant {
            name: "S / black".to_owned(),
            selected_options: vec![selected("Size", "S"), selected("Color", "black")],
            ..fixtures::variant("TEE")
        };
        let product =
            Product { options: vec![option("Size", &["S"]), color], ..fixtures::product("tee".parse().unwrap()) };
        let chain = [locale("de-AT"), locale("de")];
        assert_eq!(variant.name_in(&product, &chain), "S / schwarz");
        assert_eq!(variant.name_in(&product, &[locale("en")]), "S / black");
        assert_eq!(product.options[1].name_in(&chain), "Farbe");
        assert_eq!(product.options[1].value_in("red", &chain), "red");
        variant.name = "Night".to_owned();
        assert_eq!(variant.name_in(&product, &chain), "Night");
    }
}
