//! Locales of content: BCP 47 tags of a language and an optional region.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A locale such as `de` or `de-AT`, in canonical case.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Locale(String);

/// The text is not a language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a language tag such as de or de-AT")]
pub struct InvalidLocale;

impl Locale {
    /// English without a region.
    #[must_use]
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language without the region: `de` for `de-AT`.
    #[must_use]
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }
}

impl FromStr for Locale {
    type Err = InvalidLocale;
    fn from_str(text: &str) -> Result<Self, InvalidLocale> {
        let alphabetic = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_alphabetic());
        let (language, region) = match text.split_once(['-', '_']) {
            Some((language, region)) => (language, Some(region)),
            None => (text, None),
        };
        if !(alphabetic(language, 2) || alphabetic(language, 3)) || region.is_some_and(|region| !alphabetic(region, 2))
        {
            return Err(InvalidLocale);
        }
        let language = language.to_ascii_lowercase();
        Ok(Self(region.map_or(language.clone(), |region| format!("{language}-{}", region.to_ascii_uppercase()))))
    }
}

impl TryFrom<String> for Locale {
    type Error = InvalidLocale;
    fn try_from(text: String) -> Result<Self, InvalidLocale> {
        text.parse()
    }
}

impl From<Locale> for String {
    fn from(locale: Locale) -> Self {
        locale.0
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
