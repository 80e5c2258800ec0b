//! Names and descriptions in the best available locale.

use std::collections::BTreeMap;

use super::{Category, Collection, Product, Translation};
use crate::Locale;

/// An object with a name and a description in the default locale, and translations into other locales.
pub trait Localized {
    /// Name and description in the default locale.
    fn default_texts(&self) -> (&str, &str);

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
}

macro_rules! localized {
    ($($type:ty),+) => {$(
        impl Localized for $type {
            fn default_texts(&self) -> (&str, &str) {
                (&self.name, &self.description)
            }

            fn translations(&self) -> &BTreeMap<Locale, Translation> {
                &self.translations
            }
        }
    )+};
}

localized!(Product, Category, Collection);
