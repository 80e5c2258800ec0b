//! The variants that the inputs of a bulk change name.

use std::collections::{HashMap, HashSet};

use model::{
    catalog::{CatalogErrorCode, Product, Violation},
    ids::{ProductId, VariantId},
    inventory::InventoryItem,
};
use persistence::inventory;

use crate::{
    App,
    catalog::{
        CatalogResult,
        bulk::input::{VariantBulkInput, VariantRef},
        stored::variant_reference_key,
        write::refuse_if_any,
    },
};

/// The variant of an input.
pub(super) struct Target {
    /// The index of the input.
    pub at: usize,
    pub product: ProductId,
    pub variant: VariantId,
    /// The present flags, tracked and sold beyond the stock, if they were read.
    pub flags: Option<(bool, bool)>,
}

type Place = (ProductId, VariantId);

/// Finds the variants of the inputs: by external references in one query, and by ids and SKUs in another one.
pub(super) async fn resolve(app: &App, inputs: &[VariantBulkInput]) -> CatalogResult<Vec<Target>> {
    let named = named(inputs)?;
    let by_reference = by_reference(app, &named).await?;
    let items = items(app, inputs, &named, &by_reference).await?;
    let by_sku: HashMap<&str, &InventoryItem> = items.iter().map(|item| (item.sku.as_str(), item)).collect();
    let by_id: HashMap<VariantId, &InventoryItem> = items.iter().map(|item| (item.variant_id, item)).collect();
    let mut seen = HashSet::new();
    let mut violations = Vec::new();
    let mut targets = Vec::with_capacity(inputs.len());
    for (at, variant) in named.iter().enumerate() {
        let place = |item: &&InventoryItem| (item.product_id, item.variant_id);
        let found: Option<Place> = match variant {
            VariantRef::Id(id) => by_id.get(id).map(place),
            VariantRef::Sku(sku) => by_sku.get(sku.as_str()).map(place),
            VariantRef::ExternalReference(reference) => by_reference.get(reference).copied(),
        };
        let path = format!("variants.{at}.{}", variant.field());
        match found {
            None => violations.push(Violation::at(CatalogErrorCode::NotFound, &path, "there is no such variant")),
            Some((_, variant)) if !seen.insert(variant) => {
                violations.push(Violation::at(CatalogErrorCode::Duplicate, &path, "this variant occurs twice"));
            }
            Some((product, variant)) => {
                let flags = by_id.get(&variant).map(|item| (item.is_tracked, item.allows_backorder));
                targets.push(Target { at, product, variant, flags });
            }
        }
    }
    refuse_if_any(violations)?;
    Ok(targets)
}

/// The key that each input names.
fn named(inputs: &[VariantBulkInput]) -> CatalogResult<Vec<VariantRef>> {
    let mut violations = Vec::new();
    let mut named = Vec::with_capacity(inputs.len());
    for (at, input) in inputs.iter().enumerate() {
        match input.variant(&format!("variants.{at}")) {
            Ok(variant) => named.push(variant),
            Err(violation) => violations.push(violation),
        }
    }
    refuse_if_any(violations)?;
    Ok(named)
}

/// The variants of external references.
async fn by_reference(app: &App, named: &[VariantRef]) -> CatalogResult<HashMap<String, Place>> {
    let references = named.iter().filter_map(|variant| match variant {
        VariantRef::ExternalReference(reference) => Some(reference),
        VariantRef::Id(_) | VariantRef::Sku(_) => None,
    });
    let keys: HashMap<String, &String> =
        references.map(|reference| (variant_reference_key(reference), reference)).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted: Vec<String> = keys.keys().cloned().collect();
    let mut found = HashMap::new();
    for (key, document) in app.documents.find_by_keys(&wanted).await? {
        let Some(reference) = keys.get(&key) else { continue };
        let product: Product = document.read()?;
        let has_reference =
            |variant: &&model::catalog::Variant| variant.external_reference.as_ref() == Some(*reference);
        if let Some(variant) = product.variants.iter().find(has_reference) {
            found.insert((*reference).clone(), (product.id, variant.id));
        }
    }
    Ok(found)
}

/// The items of ids and SKUs, and those of external references whose flags change.
async fn items(
    app: &App,
    inputs: &[VariantBulkInput],
    named: &[VariantRef],
    by_reference: &HashMap<String, Place>,
) -> CatalogResult<Vec<InventoryItem>> {
    let (mut skus, mut ids) = (Vec::new(), Vec::new());
    for (input, variant) in inputs.iter().zip(named) {
        match variant {
            VariantRef::Id(id) => ids.push(*id),
            VariantRef::Sku(sku) => skus.push(sku.as_str()),
            VariantRef::ExternalReference(reference) if input.has_flags() => {
                ids.extend(by_reference.get(reference).map(|(_, variant)| *variant));
            }
            VariantRef::ExternalReference(_) => {}
        }
    }
    if skus.is_empty() && ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(inventory::find_items(&mut *app.db.read().await?, &skus, &ids).await?)
}
