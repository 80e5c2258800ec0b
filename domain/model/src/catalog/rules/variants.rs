//! Validation of options, variants, prices and bundles.

use std::collections::HashSet;

use super::{ENTRIES, NAME, Violation, findings::Findings, terms};
use crate::{
    Money,
    catalog::{CatalogErrorCode, Price, Product, ProductOption, Variant},
    ids::VariantId,
};

const OPTIONS: usize = 10;
const OPTION_VALUES: usize = 100;
const VARIANTS: usize = 2_000;
const SKU: usize = 100;
const COMPONENTS: usize = 100;
/// Maximum units of a component in one bundle.
const COMPONENT_UNITS: u32 = 1_000;
/// Maximum price in minor units; a million times this price does not overflow.
const PRICE: i64 = 1_000_000_000_000;

/// Checks that no bundle of a product contains a bundle or is contained in one, because prices and stock support only
/// one level.
///
/// `others` are the products of the components and those whose bundles contain a variant of this product; an older
/// state of the product itself is ignored.
#[must_use]
pub fn check_bundles<'a>(product: &'a Product, others: impl IntoIterator<Item = &'a Product>) -> Vec<Violation> {
    let others = others.into_iter().filter(|other| other.id != product.id).flat_map(|other| &other.variants);
    let others: Vec<&Variant> = others.filter(|variant| variant.is_bundle()).collect();
    let own = || product.variants.iter().enumerate().filter(|(_, variant)| variant.is_bundle());
    let parts = others.iter().flat_map(|bundle| &bundle.components);
    let parts: HashSet<VariantId> = parts.map(|part| part.variant_id).collect();
    let bundles = others.iter().map(|bundle| bundle.id).chain(own().map(|(_, bundle)| bundle.id));
    let bundles: HashSet<VariantId> = bundles.collect();
    let mut findings = Findings::default();
    for (at, variant) in own() {
        let components = format!("variants.{at}.components");
        if parts.contains(&variant.id) {
            findings.invalid(&components, "another bundle contains this variant, and a bundle cannot contain a bundle");
        }
        for (place, part) in variant.components.iter().enumerate() {
            if part.variant_id != variant.id && bundles.contains(&part.variant_id) {
                let message = format!("a bundle cannot contain a bundle, and {} is one", part.sku);
                findings.invalid(&format!("{components}.{place}.sku"), message);
            }
        }
    }
    findings.into_list()
}

pub(super) fn check(product: &Product, findings: &mut Findings) {
    check_options(&product.options, findings);
    if product.variants.is_empty() {
        findings.add(CatalogErrorCode::Required, "variants", "has at least one entry");
    }
    findings.count("variants", product.variants.len(), VARIANTS);
    findings.unique("variants", product.variants.iter().map(|variant| variant.id), "this variant");
    findings.unique("variants", product.variants.iter().map(|variant| &variant.sku), "this SKU");
    let references: Vec<(usize, &str)> = product
        .variants
        .iter()
        .enumerate()
        .filter_map(|(at, variant)| Some((at, variant.external_reference.as_deref()?)))
        .collect();
    let mut seen = HashSet::new();
    for (at, reference) in references {
        if !seen.insert(reference) {
            let path = format!("variants.{at}.externalReference");
            findings.add(CatalogErrorCode::Duplicate, &path, "another variant has this external reference");
        }
    }
    let combination = |variant: &Variant| {
        let values = variant.selected_options.iter().map(|selected| (selected.name.clone(), selected.value.clone()));
        let mut values: Vec<_> = values.collect();
        values.sort();
        values
    };
    findings.unique("variants", product.variants.iter().map(combination), "this combination of options");
    for (at, variant) in product.variants.iter().enumerate() {
        check_variant(&format!("variants.{at}"), variant, &product.options, findings);
    }
}

fn check_options(options: &[ProductOption], findings: &mut Findings) {
    findings.count("options", options.len(), OPTIONS);
    findings.unique("options", options.iter().map(|option| option.name.to_lowercase()), "this option");
    for (at, option) in options.iter().enumerate() {
        findings.name(&format!("options.{at}.name"), &option.name);
        let values = format!("options.{at}.values");
        if option.values.is_empty() {
            findings.add(CatalogErrorCode::Required, &values, "has at least one entry");
        }
        findings.count(&values, option.values.len(), OPTION_VALUES);
        findings.unique(&values, &option.values, "this value");
        for (place, value) in option.values.iter().enumerate() {
            findings.name(&format!("{values}.{place}"), value);
        }
        terms::check(&format!("options.{at}.translations"), &option.values, &option.translations, findings);
    }
}

fn check_variant(path: &str, variant: &Variant, options: &[ProductOption], findings: &mut Findings) {
    if !is_sku(&variant.sku) {
        let message = format!("has 1 to {SKU} letters, digits or . _ - / + #");
        findings.invalid(&format!("{path}.sku"), message);
    }
    findings.length(&format!("{path}.name"), &variant.name, NAME);
    let reference = variant.external_reference.as_deref().unwrap_or_default();
    findings.length(&format!("{path}.externalReference"), reference, NAME);
    check_selected(path, variant, options, findings);
    check_prices(&format!("{path}.prices"), &variant.prices, findings);
    let components = format!("{path}.components");
    findings.count(&components, variant.components.len(), COMPONENTS);
    findings.unique(&components, variant.components.iter().map(|part| part.variant_id), "this component");
    for (at, part) in variant.components.iter().enumerate() {
        if part.variant_id == variant.id {
            findings.invalid(&format!("{components}.{at}.sku"), "a bundle cannot contain itself");
        }
        if !(1..=COMPONENT_UNITS).contains(&part.quantity) {
            findings.invalid(&format!("{components}.{at}.quantity"), format!("is 1 to {COMPONENT_UNITS}"));
        }
    }
}

/// Checks that the variant has exactly one valid value for each option.
fn check_selected(path: &str, variant: &Variant, options: &[ProductOption], findings: &mut Findings) {
    let selected = format!("{path}.selectedOptions");
    findings.unique(&selected, variant.selected_options.iter().map(|selected| &selected.name), "this option");
    for (at, choice) in variant.selected_options.iter().enumerate() {
        match options.iter().find(|option| option.name == choice.name) {
            None => findings.add(
                CatalogErrorCode::UnknownReference,
                &format!("{selected}.{at}.name"),
                format!("the product has no option {}", choice.name),
            ),
            Some(option) if !option.values.contains(&choice.value) => findings.add(
                CatalogErrorCode::UnknownReference,
                &format!("{selected}.{at}.value"),
                format!("the option {} has no value {}", choice.name, choice.value),
            ),
            Some(_) => {}
        }
    }
    for option in options {
        if !variant.selected_options.iter().any(|choice| choice.name == option.name) {
            findings.add(CatalogErrorCode::Required, &selected, format!("needs a value of {}", option.name));
        }
    }
}

fn check_prices(path: &str, prices: &[Price], findings: &mut Findings) {
    findings.count(path, prices.len(), ENTRIES);
    findings.unique(path, prices.iter().map(|price| (price.channel, price.amount.currency)), "this currency");
    for (at, price) in prices.iter().enumerate() {
        findings.extend(check_price(&format!("{path}.{at}.amount"), &format!("{path}.{at}.compareAt"), price));
    }
}

/// Checks the amounts of a price, whose paths are given, and returns all violations.
pub fn check_price(amount: &str, compare_at: &str, price: &Price) -> Vec<Violation> {
    let mut findings = Findings::default();
    if !(0..=PRICE).contains(&price.amount.minor) {
        findings.invalid(amount, "must not be negative or too large");
    }
    let is_above =
        |was: Money| was.currency == price.amount.currency && was.minor > price.amount.minor && was.minor <= PRICE;
    if price.compare_at.is_some_and(|was| !is_above(was)) {
        findings.invalid(compare_at, "must be above the amount");
    }
    findings.into_list()
}

fn is_sku(sku: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/+#".contains(&byte);
    (1..=SKU).contains(&sku.len()) && sku.bytes().all(allowed)
}
