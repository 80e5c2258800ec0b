//! The changes of each product in a bulk change of variants.

use std::{collections::HashMap, sync::Arc};

use model::{
    Money,
    catalog::{CatalogErrorCode, Gtin, InvalidGtin, PricePatch, Product, Taxonomy, Variant, VariantPatch, Violation},
    ids::ProductId,
    settings::Settings,
};
use persistence::documents::Document;
use serde_json::json;

use super::targets::Target;
use crate::catalog::{
    CatalogResult,
    bulk::{
        input::{BulkPriceInput, VariantBulkInput},
        write::{Changed, FlagsByVariant},
    },
    facts,
    reference::Resolver,
    write::refuse_if_any,
};

/// The products after a change.
pub(super) type Products = HashMap<ProductId, Arc<Product>>;

/// The changes of the variants, in the order of the input.
pub(super) struct Plan {
    settings: Arc<Settings>,
    entries: Vec<Entry>,
}

struct Entry {
    patch: VariantPatch,
    /// The flags tracked and sold beyond the stock.
    flags: (Option<bool>, Option<bool>),
}

impl Plan {
    /// Reads channels, amounts and barcodes of the inputs.
    pub(super) fn new(settings: Arc<Settings>, inputs: &[VariantBulkInput]) -> CatalogResult<Self> {
        let taxonomy = Taxonomy::default();
        let mut resolver = Resolver::new(&settings, &taxonomy);
        let entry = |(at, input): (usize, &VariantBulkInput)| Entry {
            patch: patch(&format!("variants.{at}"), input, &mut resolver),
            flags: (input.is_tracked, input.allows_backorder),
        };
        let entries = inputs.iter().enumerate().map(entry).collect();
        refuse_if_any(resolver.violations)?;
        Ok(Self { settings, entries })
    }

    /// The flags that differ from the present ones.
    pub(super) fn flags(&self, targets: &[Target]) -> FlagsByVariant {
        let changed = targets.iter().filter(|target| self.changes_flags(target));
        changed.filter_map(|target| Some((target.variant, self.entries.get(target.at)?.flags))).collect()
    }

    fn changes_flags(&self, target: &Target) -> bool {
        let Some(Entry { flags: (tracked, backorder), .. }) = self.entries.get(target.at) else { return false };
        let Some((was_tracked, was_backorder)) = target.flags else { return false };
        tracked.is_some_and(|tracked| tracked != was_tracked) || backorder.is_some_and(|it| it != was_backorder)
    }

    /// Changes products in memory and returns those that differ afterwards; the others are added to `products`. `open` are
    /// the products to change, and `found` those that exist.
    pub(super) fn apply(
        &self,
        targets: &[Target],
        open: &[ProductId],
        found: Vec<(Document, Product)>,
        products: &mut Products,
    ) -> CatalogResult<Vec<Changed>> {
        let mut by_product: HashMap<ProductId, Vec<&Target>> = HashMap::new();
        for target in targets.iter().filter(|target| open.contains(&target.product)) {
            by_product.entry(target.product).or_default().push(target);
        }
        let mut violations = Vec::new();
        let mut changed = Vec::new();
        for (previous, mut product) in found {
            let Some(targets) = by_product.remove(&product.id) else { continue };
            let is_touched = targets.iter().any(|target| self.changes_flags(target));
            let touched = targets.iter().filter_map(|target| self.change(target, &mut product, &mut violations));
            let (before, after): (Vec<Variant>, Vec<Variant>) = touched.unzip();
            if before.is_empty() && !is_touched {
                products.insert(product.id, Arc::new(product));
                continue;
            }
            let (before, after) = (json!({ "variants": before }), json!({ "variants": after }));
            let facts = facts::changes(&self.settings, Some(&before), Some(&after));
            changed.push(Changed { previous, product, changes: facts });
        }
        violations.extend(by_product.into_values().flatten().map(gone));
        refuse_if_any(violations)?;
        Ok(changed)
    }

    /// Changes a variant of a product and returns it before and after, unless it stays the same.
    fn change(
        &self,
        target: &Target,
        product: &mut Product,
        violations: &mut Vec<Violation>,
    ) -> Option<(Variant, Variant)> {
        let entry = self.entries.get(target.at)?;
        let Some(variant) = product.variants.iter_mut().find(|variant| variant.id == target.variant) else {
            violations.push(gone(target));
            return None;
        };
        let before = variant.clone();
        violations.extend(entry.patch.apply(variant).into_iter().map(|violation| {
            let place = ["variants".to_owned(), target.at.to_string()];
            Violation { field: place.into_iter().chain(violation.field).collect(), ..violation }
        }));
        (before != *variant).then(|| (before, variant.clone()))
    }
}

fn gone(target: &Target) -> Violation {
    let path = format!("variants.{}", target.at);
    Violation::at(CatalogErrorCode::NotFound, &path, "this variant was deleted in the meantime")
}

fn patch(path: &str, input: &VariantBulkInput, resolver: &mut Resolver<'_>) -> VariantPatch {
    let prices = input.prices.iter().enumerate();
    let prices = prices.filter_map(|(at, input)| price(&format!("{path}.prices.{at}"), input, resolver)).collect();
    let barcode = input.barcode.as_ref().map(|text| {
        let text = text.as_deref().filter(|text| !text.trim().is_empty())?;
        let report = |error: &InvalidGtin| {
            resolver.violate(CatalogErrorCode::Invalid, &format!("{path}.barcode"), error.to_string());
        };
        text.parse::<Gtin>().inspect_err(report).ok()
    });
    VariantPatch { prices, compare_at: input.compare_at.clone(), weight_grams: input.weight_grams, barcode }
}

fn price(path: &str, input: &BulkPriceInput, resolver: &mut Resolver<'_>) -> Option<PricePatch> {
    let settings = resolver.settings;
    let channel = resolver.channel(&format!("{path}.channel"), &input.channel);
    let sells = channel.and_then(|id| settings.channel_by_id(id));
    if sells.is_some_and(|channel| !channel.currencies.contains(&input.currency)) {
        let message = format!("the channel does not sell in {}", input.currency);
        resolver.violate(CatalogErrorCode::Invalid, &format!("{path}.currencyCode"), message);
    }
    let mut money = |field: &str, text: &str| {
        Money::parse(text, input.currency)
            .inspect_err(|error| {
                resolver.violate(CatalogErrorCode::Invalid, &format!("{path}.{field}"), error.to_string());
            })
            .ok()
    };
    let amount = money("amount", &input.amount);
    let compare_at = match &input.compare_at {
        None => None,
        Some(None) => Some(None),
        Some(Some(text)) => Some(Some(money("compareAt", text)?)),
    };
    Some(PricePatch { channel: channel?, amount: amount?, compare_at })
}
