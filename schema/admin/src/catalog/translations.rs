//! Translations of product types, attributes and options.

use std::collections::BTreeMap;

use async_graphql::{InputObject, SimpleObject};
use model::{
    InvalidLocale, Locale,
    catalog::{CatalogErrorCode, TermTranslation, Violation},
};
use schema_shared::NameTranslationInput;
use services::catalog::{CatalogError, CatalogRefused, CatalogResult};

/// The name of an attribute or option, and its values, in one language. Absent texts fall back along the channel's
/// languages.
#[derive(InputObject)]
pub struct TermTranslationInput {
    /// Language as a BCP 47 tag, such as `de`.
    locale: String,
    /// Name in this language.
    name: Option<String>,
    /// Values in this language. Filters and inputs use the untranslated values.
    #[graphql(default)]
    values: Vec<ValueTranslationInput>,
}

/// A choice of an attribute, or a value of an option, in another language.
#[derive(InputObject)]
pub struct ValueTranslationInput {
    /// The untranslated value.
    value: String,
    /// The value in this language.
    name: String,
}

/// The name of an attribute or option, and its values, in one language.
#[derive(SimpleObject)]
#[graphql(name = "TermTranslation")]
pub struct Terms {
    /// Language as a BCP 47 tag.
    locale: String,
    /// Name in this language; null if it is not translated.
    name: Option<String>,
    /// Values that are translated into this language.
    values: Vec<ValueTranslation>,
}

/// A choice of an attribute, or a value of an option, in another language.
#[derive(SimpleObject)]
pub struct ValueTranslation {
    /// The untranslated value.
    value: String,
    /// The value in this language.
    name: String,
}

/// The names by language; `path` leads to the list in the input.
pub(super) fn names(path: &str, inputs: Vec<NameTranslationInput>) -> CatalogResult<BTreeMap<Locale, String>> {
    by_locale(path, inputs, |input| &input.locale, |_, input| Ok(input.name))
}

/// The names and values by language; `path` leads to the list in the input.
pub(super) fn terms(path: &str, inputs: Vec<TermTranslationInput>) -> CatalogResult<BTreeMap<Locale, TermTranslation>> {
    by_locale(
        path,
        inputs,
        |input| &input.locale,
        |path, input| {
            let mut values = BTreeMap::new();
            for (at, one) in input.values.into_iter().enumerate() {
                if values.insert(one.value, one.name).is_some() {
                    return Err(refused(
                        CatalogErrorCode::Duplicate,
                        &format!("{path}.values.{at}"),
                        "this value occurs twice",
                    ));
                }
            }
            // An empty name would hide the name in the default language.
            let name = input.name.filter(|name| !name.trim().is_empty());
            Ok(TermTranslation { name, values })
        },
    )
}

fn by_locale<I, T>(
    path: &str,
    inputs: Vec<I>,
    locale: impl Fn(&I) -> &str,
    read: impl Fn(&str, I) -> CatalogResult<T>,
) -> CatalogResult<BTreeMap<Locale, T>> {
    let mut found = BTreeMap::new();
    for (at, input) in inputs.into_iter().enumerate() {
        let path = format!("{path}.{at}");
        let of = format!("{path}.locale");
        let parsed = locale(&input).parse();
        let locale =
            parsed.map_err(|error: InvalidLocale| refused(CatalogErrorCode::Invalid, &of, &error.to_string()))?;
        if found.insert(locale, read(&path, input)?).is_some() {
            return Err(refused(CatalogErrorCode::Duplicate, &of, "this language is listed twice"));
        }
    }
    Ok(found)
}

fn refused(code: CatalogErrorCode, path: &str, message: &str) -> CatalogError {
    CatalogError::Rule(CatalogRefused(vec![Violation::at(code, path, message)]))
}

pub(super) fn shown_terms(terms: &BTreeMap<Locale, TermTranslation>) -> Vec<Terms> {
    let value = |(value, name): (&String, &String)| ValueTranslation { value: value.clone(), name: name.clone() };
    let term = |(locale, texts): (&Locale, &TermTranslation)| Terms {
        locale: locale.to_string(),
        name: texts.name.clone(),
        values: texts.values.iter().map(value).collect(),
    };
    terms.iter().map(term).collect()
}
