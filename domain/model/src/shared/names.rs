//! Names with translations.

use std::collections::BTreeMap;

use super::locale::Locale;

/// The largest number of characters of a name.
const MAX_CHARS: usize = 200;
/// The largest number of translations of a name.
const MAX_TRANSLATIONS: usize = 50;

/// Translations of a name by language.
pub type Translations = BTreeMap<Locale, String>;

/// The name in the first of the locales that has a translation, else the name itself.
#[must_use]
pub fn name_in<'a>(name: &'a str, translations: &'a Translations, locales: &[Locale]) -> &'a str {
    locales.iter().find_map(|locale| translations.get(locale)).map_or(name, String::as_str)
}

/// True if the name has 1 to 200 characters besides spaces around it.
#[must_use]
pub fn is_name(name: &str) -> bool {
    (1..=MAX_CHARS).contains(&name.trim().chars().count())
}

/// True if there are at most 50 translations, each of them a name.
#[must_use]
pub fn are_names(translations: &Translations) -> bool {
    translations.len() <= MAX_TRANSLATIONS && translations.values().all(|name| is_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_in_the_first_locale_that_has_a_translation() {
        let locale = |tag: &str| -> Locale { tag.parse().unwrap() };
        let translations = Translations::from([(locale("de"), "Versand".to_owned())]);
        for (locales, expected) in
            [(&["de"][..], "Versand"), (&["de-AT", "de", "en"], "Versand"), (&["fr", "en"], "Post"), (&[], "Post")]
        {
            let locales: Vec<Locale> = locales.iter().map(|tag| locale(tag)).collect();
            assert_eq!(name_in("Post", &translations, &locales), expected, "{locales:?}");
        }
    }

    #[test]
    fn names_are_neither_blank_nor_too_long() {
        for (name, is_valid) in [("Post", true), (" ", false), ("", false), (&"x".repeat(200), true)] {
            assert_eq!(is_name(name), is_valid, "{name:?}");
        }
        let translations = |name: &str| Translations::from([("de".parse().unwrap(), name.to_owned())]);
        assert!(are_names(&translations("Post")) && !are_names(&translations(&"x".repeat(201))));
    }
}
