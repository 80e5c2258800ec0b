//! Validation of product types, categories and collections.

use super::{ENTRIES, NAME, TEXT, Violation, findings::Findings, terms};
use crate::{
    Slug,
    catalog::{AttributeKind, CatalogErrorCode, Category, Collection, ProductType},
};

/// Maximum number of products in a collection.
const COLLECTION_PRODUCTS: usize = 5_000;

/// Names of facets and filters that are not attributes.
const RESERVED: [&str; 3] = ["category", "vendor", "price"];

/// Checks a product type and returns all violations.
#[must_use]
pub fn check_product_type(kind: &ProductType) -> Vec<Violation> {
    let mut findings = Findings::default();
    check_slug(&kind.slug, &mut findings);
    findings.name("name", &kind.name);
    findings.count("translations", kind.translations.len(), ENTRIES);
    for name in kind.translations.values() {
        findings.name("translations", name);
    }
    findings.count("attributes", kind.attributes.len(), ENTRIES);
    findings.unique("attributes", kind.attributes.iter().map(|attribute| &attribute.slug), "this attribute");
    for (at, attribute) in kind.attributes.iter().enumerate() {
        let path = |field: &str| format!("attributes.{at}.{field}");
        let slug: Result<Slug, _> = attribute.slug.parse();
        if !slug.is_ok_and(|slug| !slug.as_str().contains('/')) {
            findings.invalid(&path("slug"), "has lower-case letters, digits and single hyphens");
        }
        if RESERVED.contains(&attribute.slug.as_str()) {
            findings.invalid(&path("slug"), "this slug is reserved for a built-in filter");
        }
        findings.name(&path("name"), &attribute.name);
        findings.length(&path("unit"), attribute.unit.as_deref().unwrap_or_default(), 20);
        findings.count(&path("choices"), attribute.choices.len(), ENTRIES);
        findings.unique(&path("choices"), &attribute.choices, "this choice");
        for choice in &attribute.choices {
            findings.length(&path("choices"), choice, NAME);
        }
        terms::check(&path("translations"), &attribute.choices, &attribute.translations, &mut findings);
        if (attribute.kind == AttributeKind::Choice) == attribute.choices.is_empty() {
            let message = "a choice needs a list of choices; other kinds have none";
            findings.add(CatalogErrorCode::Invalid, &path("choices"), message);
        }
    }
    findings.into_list()
}

/// Checks the fields of a category and returns all violations; its place in the tree is not checked.
#[must_use]
pub fn check_category(category: &Category) -> Vec<Violation> {
    let mut findings = Findings::default();
    findings.name("name", &category.name);
    findings.length("description", &category.description, TEXT);
    findings.seo("seo", &category.seo);
    findings.translations(category.translations.values());
    findings.into_list()
}

/// Checks a collection and returns all violations.
#[must_use]
pub fn check_collection(collection: &Collection) -> Vec<Violation> {
    let mut findings = Findings::default();
    check_slug(&collection.slug, &mut findings);
    findings.name("name", &collection.name);
    findings.length("description", &collection.description, TEXT);
    findings.count("channels", collection.channels.len(), ENTRIES);
    findings.unique("channels", &collection.channels, "this channel");
    findings.count("products", collection.products.len(), COLLECTION_PRODUCTS);
    findings.unique("products", &collection.products, "this product");
    findings.seo("seo", &collection.seo);
    findings.translations(collection.translations.values());
    findings.metafields(&collection.metafields);
    findings.into_list()
}

fn check_slug(slug: &Slug, findings: &mut Findings) {
    if slug.as_str().contains('/') {
        findings.invalid("slug", "must not contain a slash");
    }
}
