//! Texts that several objects of the catalog share: translations, texts for search engines, and metafields.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Locale;

/// The id of an object in another system.
pub type ExternalReference = String;

/// Title and description for search engines; None falls back to name and description.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seo {
    /// Page title.
    #[serde(default)]
    pub title: Option<String>,
    /// Meta description of the page.
    #[serde(default)]
    pub description: Option<String>,
}

/// Texts in one locale; missing ones fall back along the channel's locale chain.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Translation {
    /// Translated name.
    #[serde(default)]
    pub name: Option<String>,
    /// Translated description.
    #[serde(default)]
    pub description: Option<String>,
    /// Title and description for search engines.
    #[serde(default)]
    pub seo: Seo,
}

/// Custom data of an integration or storefront.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metafield {
    /// Namespace; those that start with `private` are visible only in the admin API.
    pub namespace: String,
    /// Key within the namespace.
    pub key: String,
    /// Type of the value, such as `text` or `number`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Value as text.
    pub value: String,
}

/// The name of an option or attribute and its values in one locale; missing ones fall back along the locale chain.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TermTranslation {
    /// Translated name.
    #[serde(default)]
    pub name: Option<String>,
    /// Translated values, by the value in the default locale.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

impl Metafield {
    /// True if only staff may see the metafield.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.namespace.starts_with("private")
    }
}

impl TermTranslation {
    /// The name in the first of the locales that has one.
    #[must_use]
    pub fn name<'a>(translations: &'a BTreeMap<Locale, Self>, locales: &[Locale]) -> Option<&'a str> {
        locales.iter().find_map(|locale| translations.get(locale)?.name.as_deref())
    }

    /// A value in the first of the locales that has it.
    #[must_use]
    pub fn value<'a>(translations: &'a BTreeMap<Locale, Self>, value: &str, locales: &[Locale]) -> Option<&'a str> {
        locales.iter().find_map(|locale| translations.get(locale)?.values.get(value)).map(String::as_str)
    }
}
