//! Validation of the translations of options and attributes.

use std::collections::{BTreeMap, HashSet};

use super::{ENTRIES, NAME, findings::Findings};
use crate::{
    Locale,
    catalog::{CatalogErrorCode, TermTranslation},
};

/// Checks that only existing values are translated, and that different values stay different in every locale.
pub(super) fn check(
    path: &str,
    values: &[String],
    translations: &BTreeMap<Locale, TermTranslation>,
    findings: &mut Findings,
) {
    findings.count(path, translations.len(), ENTRIES);
    for (locale, texts) in translations {
        findings.length(path, texts.name.as_deref().unwrap_or_default(), NAME);
        for (value, text) in &texts.values {
            if !values.contains(value) {
                let message = format!("there is no value {value} to be translated into {locale}");
                findings.add(CatalogErrorCode::UnknownReference, path, message);
            }
            findings.name(path, text);
        }
        let shown = values.iter().map(|value| texts.values.get(value).unwrap_or(value));
        if shown.collect::<HashSet<_>>().len() < values.len() {
            findings.add(CatalogErrorCode::Duplicate, path, format!("two values have the same text in {locale}"));
        }
    }
}
