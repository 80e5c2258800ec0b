//! Validation of products.

use super::{ENTRIES, NAME, TEXT, Violation, attributes, findings::Findings, variants};
use crate::catalog::{Product, ProductType, media_url};

const TAGS: usize = 250;

/// Checks a product against its product type and returns all violations, with paths as in inputs.
#[must_use]
pub fn check_product(product: &Product, kind: &ProductType) -> Vec<Violation> {
    let mut findings = Findings::default();
    if product.slug.as_str().contains('/') {
        findings.invalid("slug", "must not contain a slash");
    }
    findings.name("name", &product.name);
    findings.length("description", &product.description, TEXT);
    findings.length("vendor", product.vendor.as_deref().unwrap_or_default(), NAME);
    findings.name("taxClass", &product.tax_class);
    findings.length("externalReference", product.external_reference.as_deref().unwrap_or_default(), NAME);
    tags("tags", &product.tags, &mut findings);
    lists(product, &mut findings);
    attributes::check(&product.attributes, kind, &mut findings);
    variants::check(product, &mut findings);
    check_media(product, &mut findings);
    findings.seo("seo", &product.seo);
    findings.translations(product.translations.values());
    findings.metafields(&product.metafields);
    findings.into_list()
}

/// Checks tags and returns all violations.
#[must_use]
pub fn check_tags(path: &str, texts: &[String]) -> Vec<Violation> {
    let mut findings = Findings::default();
    tags(path, texts, &mut findings);
    findings.into_list()
}

/// Checks the lengths of the lists of a product that a bulk change can extend.
#[must_use]
pub fn check_product_lists(product: &Product) -> Vec<Violation> {
    let mut findings = Findings::default();
    findings.count("tags", product.tags.len(), TAGS);
    lists(product, &mut findings);
    findings.into_list()
}

fn tags(path: &str, tags: &[String], findings: &mut Findings) {
    findings.count(path, tags.len(), TAGS);
    findings.unique(path, tags, "this tag");
    for (at, tag) in tags.iter().enumerate() {
        findings.name(&format!("{path}.{at}"), tag);
    }
}

fn lists(product: &Product, findings: &mut Findings) {
    findings.count("categories", product.categories.len(), ENTRIES);
    findings.unique("categories", &product.categories, "this category");
    findings.count("channels", product.publications.len(), ENTRIES);
    findings.unique("channels", product.publications.iter().map(|publication| publication.channel), "this channel");
}

fn check_media(product: &Product, findings: &mut Findings) {
    findings.count("media", product.media.len(), ENTRIES);
    for (at, media) in product.media.iter().enumerate() {
        let url = format!("media.{at}.url");
        findings.name(&url, &media.url);
        if media_url(&media.url).is_none() {
            findings.invalid(&url, "is a web address without user name and password, or a path below /media/");
        }
        findings.length(&format!("media.{at}.alt"), media.alt.as_deref().unwrap_or_default(), 1_000);
        if media.width == 0 || media.height == 0 {
            findings.invalid(&format!("media.{at}"), "width and height are at least one pixel");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        Currency, Money,
        catalog::{
            AttributeValue, BundleComponent, CatalogErrorCode, Media, Metafield, Price, ProductOption, SelectedOption,
            Variant, check_bundles,
        },
        fixtures,
        ids::{ChannelId, MediaId, ProductTypeId},
    };

    fn kind() -> ProductType {
        let at = crate::Timestamp::UNIX_EPOCH;
        let id = ProductTypeId::new();
        let (slug, name) = ("book".parse().unwrap(), "Book".to_owned());
        ProductType {
            id,
            version: 1,
            slug,
            name,
            translations: BTreeMap::new(),
            attributes: Vec::new(),
            created_at: at,
            updated_at: at,
        }
    }

    fn variant(sku: &str, size: &str) -> Variant {
        Variant {
            name: size.to_owned(),
            selected_options: vec![SelectedOption { name: "Size".to_owned(), value: size.to_owned() }],
            ..fixtures::variant(sku)
        }
    }

    fn size() -> ProductOption {
        let values = vec!["S".to_owned(), "M".to_owned()];
        ProductOption { name: "Size".to_owned(), values, translations: BTreeMap::new() }
    }

    fn product() -> Product {
        Product {
            options: vec![size()],
            variants: vec![variant("TEE-S", "S"), variant("TEE-M", "M")],
            ..fixtures::product("tee".parse().unwrap())
        }
    }

    /// The codes and paths of the violations after a change of a valid product.
    fn wrong(change: impl FnOnce(&mut Product)) -> Vec<(CatalogErrorCode, String)> {
        let mut product = product();
        change(&mut product);
        let found = check_product(&product, &kind());
        found.into_iter().map(|violation| (violation.code, violation.field.join("."))).collect()
    }

    fn euros(amount: i64, was: Option<i64>) -> Price {
        let money = |minor| Money::new(minor, Currency::EUR);
        Price { channel: ChannelId::restore(uuid::Uuid::nil()), amount: money(amount), compare_at: was.map(money) }
    }

    #[test]
    fn a_valid_product_has_no_violations() {
        assert_eq!(wrong(|product| product.variants[0].prices = vec![euros(0, Some(1))]), []);
    }

    #[test]
    fn options_and_variants_agree() {
        use CatalogErrorCode::{Duplicate, Required, UnknownReference};
        let at = |path: &str| path.to_owned();
        assert_eq!(wrong(|product| product.variants[1] = variant("TEE-S2", "S")), [(Duplicate, at("variants.1"))]);
        assert_eq!(
            wrong(|product| product.variants[1] = variant("TEE-XL", "XL")),
            [(UnknownReference, at("variants.1.selectedOptions.0.value"))]
        );
        assert_eq!(
            wrong(|product| product.variants[0].selected_options.clear()),
            [(Required, at("variants.0.selectedOptions"))]
        );
        assert_eq!(wrong(|product| product.variants.clear()), [(Required, at("variants"))]);
        assert_eq!(
            wrong(|product| product.options[0].values.push("S".to_owned())),
            [(Duplicate, at("options.0.values.2"))]
        );
    }

    #[test]
    fn skus_are_well_formed_and_distinct() {
        use CatalogErrorCode::{Duplicate, Invalid};
        for sku in ["", "A B", "ü", &"x".repeat(101)] {
            let found = wrong(|product| product.variants[0].sku = sku.to_owned());
            assert_eq!(found, [(Invalid, "variants.0.sku".to_owned())], "{sku:?}");
        }
        let found = wrong(|product| product.variants[1].sku = "TEE-S".to_owned());
        assert_eq!(found, [(Duplicate, "variants.1".to_owned())]);
    }

    #[test]
    fn prices_are_validated() {
        use CatalogErrorCode::{Duplicate, Invalid};
        let prices = |prices| wrong(|product| product.variants[0].prices = prices);
        assert_eq!(prices(vec![euros(-1, None)]), [(Invalid, "variants.0.prices.0.amount".to_owned())]);
        assert_eq!(prices(vec![euros(5, Some(5))]), [(Invalid, "variants.0.prices.0.compareAt".to_owned())]);
        assert_eq!(prices(vec![euros(5, None), euros(6, None)]), [(Duplicate, "variants.0.prices.1".to_owned())]);
    }

    #[test]
    fn list_and_text_sizes_are_limited() {
        use CatalogErrorCode::{TooLong, TooMany};
        let many: Vec<String> = (0..101).map(|number| number.to_string()).collect();
        let found = wrong(|product| product.options[0].values.extend(many));
        assert_eq!(found, [(TooMany, "options.0.values".to_owned())]);
        assert_eq!(wrong(|product| product.name = "ä".repeat(256)), [(TooLong, "name".to_owned())]);
        assert_eq!(wrong(|product| product.name = "ä".repeat(255)), []);
        let found = wrong(|product| {
            product.options.clear();
            product.variants = (0..2_001).map(|number| variant(&format!("S{number}"), "S")).collect();
        });
        assert!(found.contains(&(TooMany, "variants".to_owned())));
    }

    #[test]
    fn metafields_media_attributes_and_components_are_checked() {
        use CatalogErrorCode::{Invalid, UnknownReference};
        let field = Metafield {
            namespace: "a b".to_owned(),
            key: "care".to_owned(),
            kind: "text".to_owned(),
            value: String::new(),
        };
        let found = wrong(|product| product.metafields.push(field));
        assert_eq!(found, [(Invalid, "metafields.0.namespace".to_owned())]);
        let media = Media { id: MediaId::new(), url: "javascript:alert(1)".to_owned(), alt: None, width: 1, height: 1 };
        assert_eq!(wrong(|product| product.media.push(media)), [(Invalid, "media.0.url".to_owned())]);
        let value = AttributeValue { slug: "pages".to_owned(), values: vec!["1".to_owned()] };
        let found = wrong(|product| product.attributes.push(value));
        assert_eq!(found, [(UnknownReference, "attributes.0.slug".to_owned())]);
        let found = wrong(|product| {
            let itself = product.variants[0].id;
            product.variants[0].components =
                vec![BundleComponent { variant_id: itself, sku: "TEE-S".to_owned(), quantity: 0 }];
        });
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn bundles_cannot_be_nested() {
        let part = |of: &Variant| BundleComponent { variant_id: of.id, sku: of.sku.clone(), quantity: 1 };
        let nested = |product: &Product, others: &[&Product]| -> Vec<String> {
            let found = check_bundles(product, others.iter().copied());
            found.into_iter().map(|violation| violation.field.join(".")).collect()
        };
        let (tee, mut kit, mut set) = (product(), product(), product());
        kit.variants[1].components = vec![part(&tee.variants[0])];
        set.variants[0].components = vec![part(&tee.variants[0]), part(&kit.variants[0])];
        assert_eq!(nested(&set, &[&tee, &kit]), Vec::<String>::new());

        set.variants[0].components.push(part(&kit.variants[1]));
        assert_eq!(nested(&set, &[&tee, &kit]), ["variants.0.components.2.sku"]);
        assert_eq!(nested(&kit, &[&tee, &set]), ["variants.1.components"]);
        assert_eq!(nested(&tee, &[&kit, &set]), Vec::<String>::new());

        let before = kit.clone();
        kit.variants[0].components = vec![part(&kit.variants[1])];
        assert_eq!(nested(&kit, &[&before]), ["variants.0.components.0.sku"]);
        kit.variants[1].components.clear();
        assert_eq!(nested(&kit, &[&before]), Vec::<String>::new());
    }
}
