//! Names in several languages.

use async_graphql::{InputObject, SimpleObject};
use model::{InvalidLocale, Locale, Translations};

/// The name of an object in one language.
#[derive(Debug, Clone, SimpleObject)]
pub struct NameTranslation {
    /// Language as a BCP 47 tag, such as `de`.
    locale: String,
    /// Name in this language.
    name: String,
}

/// The name of an object in one language.
#[derive(Debug, Clone, InputObject)]
pub struct NameTranslationInput {
    /// Language as a BCP 47 tag, such as `de`.
    pub locale: String,
    /// Name in this language, 1 to 200 characters.
    pub name: String,
}

impl NameTranslation {
    /// All translations, by language.
    #[must_use]
    pub fn all(translations: &Translations) -> Vec<Self> {
        let one = |(locale, name): (&Locale, &String)| Self { locale: locale.to_string(), name: name.clone() };
        translations.iter().map(one).collect()
    }
}

impl NameTranslationInput {
    /// Languages and names in the order of the input.
    ///
    /// # Errors
    /// The index of the first entry whose language is not a BCP 47 tag.
    pub fn read_all(inputs: Vec<Self>) -> Result<Vec<(Locale, String)>, (usize, InvalidLocale)> {
        let read = |(at, input): (usize, Self)| {
            let locale = input.locale.parse().map_err(|error| (at, error))?;
            Ok((locale, input.name))
        };
        inputs.into_iter().enumerate().map(read).collect()
    }
}
