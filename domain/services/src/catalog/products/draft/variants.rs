//! Applies the variants of an input to a product.

use std::collections::BTreeSet;

use model::{
    Money,
    catalog::{
        BundleComponent, CatalogErrorCode, Gtin, InvalidGtin, Price, Product, Variant, VariantKey, match_variants,
        merge_variants, variant_name,
    },
    ids::VariantId,
    inventory::{StockChange, StockTarget, is_stock},
};

use super::{Draft, set};
use crate::catalog::{ComponentInput, PriceInput, StockInput, VariantInput, skus::Flags};

impl Draft<'_> {
    /// Changes the variants that the inputs mean and adds new ones. The others stay, or are removed if the inputs replace
    /// all variants.
    pub(super) fn set_variants(&mut self, inputs: &[VariantInput], replaces: bool, product: &mut Product) {
        let known = std::mem::take(&mut product.variants);
        let keys: Vec<VariantKey<'_>> = inputs.iter().map(VariantInput::key).collect();
        let mut seen = BTreeSet::new();
        let mut mentioned = Vec::with_capacity(inputs.len());
        for (at, (input, place)) in inputs.iter().zip(match_variants(&known, &keys)).enumerate() {
            if place.is_some_and(|place| !seen.insert(place)) {
                let path = format!("variants.{at}");
                self.resolver.violate(CatalogErrorCode::Duplicate, &path, "this variant occurs twice");
            }
            let before = place.and_then(|place| known.get(place));
            mentioned.push((place, self.variant(at, input, before, &product.name)));
        }
        (product.variants, self.sources) = if replaces {
            mentioned.into_iter().enumerate().map(|(at, (_, variant))| (variant, Some(at))).unzip()
        } else {
            merge_variants(known, mentioned)
        };
    }

    fn variant(&mut self, at: usize, input: &VariantInput, before: Option<&Variant>, product_name: &str) -> Variant {
        let path = format!("variants.{at}");
        if input.id.is_some() && before.is_none() {
            let message = "the product has no such variant; omit the id to create one";
            self.resolver.violate(CatalogErrorCode::UnknownReference, &format!("{path}.id"), message);
        }
        let mut variant = before.cloned().unwrap_or_else(|| Variant::new(String::new()));
        let is_named = before.is_some_and(|before| before.name != composed(before, product_name));
        match &input.sku {
            Some(sku) => variant.sku.clone_from(sku),
            None if before.is_none() => {
                let message = "a new variant needs a SKU";
                self.resolver.violate(CatalogErrorCode::Required, &format!("{path}.sku"), message);
            }
            None => {}
        }
        set(&mut variant.selected_options, input.selected_options.as_ref());
        set(&mut variant.weight_grams, input.weight_grams.as_ref());
        variant.requires_shipping = input.requires_shipping.unwrap_or(variant.requires_shipping);
        match &input.name {
            Some(Some(name)) => variant.name.clone_from(name),
            None if is_named => {}
            Some(None) | None => variant.name = composed(&variant, product_name),
        }
        if let Some(barcode) = &input.barcode {
            variant.barcode = self.barcode(&format!("{path}.barcode"), barcode.as_deref());
        }
        set(&mut variant.external_reference, input.external_reference.as_ref());
        variant.external_reference.take_if(|reference| reference.trim().is_empty());
        if let Some(prices) = &input.prices {
            variant.prices = self.prices(&format!("{path}.prices"), prices);
        }
        if let Some(components) = &input.components {
            variant.components = self.components(&format!("{path}.components"), components);
        }
        self.flags.push((variant.id, Flags { is_tracked: input.is_tracked, allows_backorder: input.allows_backorder }));
        self.set_stock(&path, variant.id, &input.stock);
        variant
    }

    fn set_stock(&mut self, path: &str, variant_id: VariantId, stock: &[StockInput]) {
        for (place, level) in stock.iter().enumerate() {
            let path = format!("{path}.stock.{place}");
            // Check now: stock is set after the document is written, when it is too late to reject.
            if !is_stock(level.on_hand) {
                self.resolver.violate(
                    CatalogErrorCode::Invalid,
                    &path,
                    "a stock level must be between 0 and 1,000,000,000 units",
                );
            }
            if let Some(location_id) = self.resolver.location(&format!("{path}.location"), &level.location) {
                let target = StockTarget::OnHand(level.on_hand);
                self.stock.push((StockChange { variant_id, location_id, target }, path));
            }
        }
    }

    /// An empty text removes the barcode.
    fn barcode(&mut self, path: &str, text: Option<&str>) -> Option<Gtin> {
        let parsed = text.filter(|text| !text.trim().is_empty())?.parse();
        parsed
            .inspect_err(|error: &InvalidGtin| {
                self.resolver.violate(CatalogErrorCode::Invalid, path, error.to_string());
            })
            .ok()
    }

    fn prices(&mut self, path: &str, inputs: &[PriceInput]) -> Vec<Price> {
        let mut prices = Vec::with_capacity(inputs.len());
        for (at, input) in inputs.iter().enumerate() {
            let channel = self.resolver.channel(&format!("{path}.{at}.channel"), &input.channel);
            let amount = self.money(&format!("{path}.{at}.amount"), &input.amount, input);
            let was = input.compare_at.as_ref();
            let compare_at = was.and_then(|was| self.money(&format!("{path}.{at}.compareAt"), was, input));
            let (Some(channel), Some(amount)) = (channel, amount) else { continue };
            let is_sold = self.context.settings.channel_by_id(channel);
            if is_sold.is_some_and(|channel| !channel.currencies.contains(&input.currency)) {
                let message = format!("the channel does not sell in {}", input.currency);
                self.resolver.violate(CatalogErrorCode::Invalid, &format!("{path}.{at}.currencyCode"), message);
            }
            prices.push(Price { channel, amount, compare_at });
        }
        prices
    }

    fn money(&mut self, path: &str, text: &str, input: &PriceInput) -> Option<Money> {
        Money::parse(text, input.currency)
            .inspect_err(|error| self.resolver.violate(CatalogErrorCode::Invalid, path, error.to_string()))
            .ok()
    }

    fn components(&mut self, path: &str, inputs: &[ComponentInput]) -> Vec<BundleComponent> {
        let mut components = Vec::with_capacity(inputs.len());
        for (at, input) in inputs.iter().enumerate() {
            match self.context.bundles.items.get(&input.sku) {
                Some(item) => components.push(BundleComponent {
                    variant_id: item.variant_id,
                    sku: item.sku.clone(),
                    quantity: input.quantity,
                }),
                None => self.resolver.violate(
                    CatalogErrorCode::UnknownReference,
                    &format!("{path}.{at}.sku"),
                    format!("there is no variant {}", input.sku),
                ),
            }
        }
        components
    }
}

/// The name of a variant that has no name of its own.
fn composed(variant: &Variant, product_name: &str) -> String {
    variant_name(variant.selected_options.iter().map(|selected| selected.value.as_str()), product_name)
}
