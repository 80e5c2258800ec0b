//! Violations and their collection.

use std::{collections::HashSet, hash::Hash};

use serde::{Deserialize, Serialize};

use super::{ENTRIES, NAME, TEXT};
use crate::catalog::{Metafield, Seo, Translation};

/// The kind of a violation, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CatalogErrorCode {
    /// A required value is missing.
    Required,
    /// A value is malformed or out of bounds.
    Invalid,
    /// A text is too long.
    TooLong,
    /// A list has too many entries.
    TooMany,
    /// Two entries that must differ are the same.
    Duplicate,
    /// A referenced object does not exist.
    UnknownReference,
    /// The object does not exist.
    NotFound,
    /// Another object in the channel has or had this slug.
    SlugTaken,
    /// Another variant has this SKU.
    SkuTaken,
    /// Another object has this external reference.
    ReferenceTaken,
    /// The object was changed since the expected version.
    VersionConflict,
    /// The object is in use.
    InUse,
    /// The category would become its own ancestor.
    Circle,
}

/// A violation of a catalog rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Kind of the violation.
    pub code: CatalogErrorCode,
    /// Path of the value in the object, such as `variants`, `0`, `sku`; empty for the object itself.
    pub field: Vec<String>,
    /// Message for people that says what to change.
    pub message: String,
}

impl Violation {
    /// Creates a violation at a dotted path, such as `variants.0.sku`; an empty path stands for the object itself.
    #[must_use]
    pub fn at(code: CatalogErrorCode, path: &str, message: impl Into<String>) -> Self {
        let field = path.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Self { code, field, message: message.into() }
    }
}

/// Checks the metafields of an object that is no document and returns all violations.
#[must_use]
pub fn check_metafields(fields: &[Metafield]) -> Vec<Violation> {
    let mut findings = Findings::default();
    findings.metafields(fields);
    findings.into_list()
}

/// Collects violations.
#[derive(Default)]
pub(super) struct Findings(Vec<Violation>);

impl Findings {
    pub fn into_list(self) -> Vec<Violation> {
        self.0
    }

    pub fn add(&mut self, code: CatalogErrorCode, path: &str, message: impl Into<String>) {
        self.0.push(Violation::at(code, path, message));
    }

    pub fn extend(&mut self, violations: Vec<Violation>) {
        self.0.extend(violations);
    }

    pub fn invalid(&mut self, path: &str, message: impl Into<String>) {
        self.add(CatalogErrorCode::Invalid, path, message);
    }

    /// Checks a required name.
    pub fn name(&mut self, path: &str, text: &str) {
        if text.trim().is_empty() {
            self.add(CatalogErrorCode::Required, path, "must not be empty");
        }
        self.length(path, text, NAME);
    }

    pub fn length(&mut self, path: &str, text: &str, most: usize) {
        // A text has at most as many characters as bytes, so most texts need no counting.
        if text.len() > most && text.chars().count() > most {
            self.add(CatalogErrorCode::TooLong, path, format!("has at most {most} characters"));
        }
    }

    pub fn count(&mut self, path: &str, entries: usize, most: usize) {
        if entries > most {
            self.add(CatalogErrorCode::TooMany, path, format!("has at most {most} entries"));
        }
    }

    /// Checks that keys are distinct; reports the later of two equal ones.
    pub fn unique<K: Eq + Hash>(&mut self, path: &str, keys: impl IntoIterator<Item = K>, what: &str) {
        let mut seen = HashSet::new();
        for (at, key) in keys.into_iter().enumerate() {
            if !seen.insert(key) {
                self.add(CatalogErrorCode::Duplicate, &format!("{path}.{at}"), format!("{what} occurs twice"));
            }
        }
    }

    pub fn seo(&mut self, path: &str, seo: &Seo) {
        self.length(&format!("{path}.title"), seo.title.as_deref().unwrap_or_default(), NAME);
        self.length(&format!("{path}.description"), seo.description.as_deref().unwrap_or_default(), 1_000);
    }

    pub fn translations<'a>(&mut self, translations: impl ExactSizeIterator<Item = &'a Translation>) {
        self.count("translations", translations.len(), ENTRIES);
        for (at, translation) in translations.enumerate() {
            let path = |field| format!("translations.{at}.{field}");
            self.length(&path("name"), translation.name.as_deref().unwrap_or_default(), NAME);
            self.length(&path("description"), translation.description.as_deref().unwrap_or_default(), TEXT);
            self.seo(&path("seo"), &translation.seo);
        }
    }

    pub fn metafields(&mut self, fields: &[Metafield]) {
        self.count("metafields", fields.len(), ENTRIES);
        self.unique("metafields", fields.iter().map(|field| (&field.namespace, &field.key)), "this metafield");
        for (at, field) in fields.iter().enumerate() {
            for (name, text) in [("namespace", &field.namespace), ("key", &field.key), ("type", &field.kind)] {
                if !is_handle(text) {
                    let message = "has 1 to 64 letters, digits, points, hyphens or underscores";
                    self.invalid(&format!("metafields.{at}.{name}"), message);
                }
            }
            self.length(&format!("metafields.{at}.value"), &field.value, TEXT);
        }
    }
}

/// True if the text is a valid identifier.
fn is_handle(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}
