//! Variants of products: options, prices and the components of bundles.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ExternalReference, Gtin, TermTranslation};
use crate::{
    Locale, Money,
    ids::{ChannelId, VariantId},
};

/// A variant of a product that can be bought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Global id; also the id of the inventory item.
    pub id: VariantId,
    /// Stock keeping unit; unique in the shop.
    pub sku: String,
    /// Name; composed of the selected options if none was given.
    pub name: String,
    /// One value for each option of the product, in the order of the options.
    #[serde(default)]
    pub selected_options: Vec<SelectedOption>,
    /// Number under its barcode; None if it has none.
    #[serde(default)]
    pub barcode: Option<Gtin>,
    /// Id of the variant in another system; unique among variants.
    #[serde(default)]
    pub external_reference: Option<ExternalReference>,
    /// Weight in grams; None if unknown.
    #[serde(default)]
    pub weight_grams: Option<u32>,
    /// True if the variant is shipped; false for downloads.
    pub requires_shipping: bool,
    /// Prices by channel and currency.
    #[serde(default)]
    pub prices: Vec<Price>,
    /// Components of a bundle; empty for a plain variant. Components must not be bundles. A bundle has no stock of its
    /// own: its components are allocated.
    #[serde(default)]
    pub components: Vec<BundleComponent>,
}

/// A component of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleComponent {
    /// Variant contained in the bundle.
    pub variant_id: VariantId,
    /// Stock keeping unit of the variant.
    pub sku: String,
    /// Units of the variant per bundle.
    pub quantity: u32,
}

/// The price of a variant in one channel and currency, in the channel's price mode (gross or net).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Channel the price applies to.
    pub channel: ChannelId,
    /// Price of one unit.
    pub amount: Money,
    /// Compare-at price of the merchant; higher than the amount.
    #[serde(default)]
    pub compare_at: Option<Money>,
}

/// An option that distinguishes variants, such as Size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductOption {
    /// Name of the option.
    pub name: String,
    /// Values in display order.
    pub values: Vec<String>,
    /// Name and values in other locales.
    #[serde(default)]
    pub translations: BTreeMap<Locale, TermTranslation>,
}

/// The value of a variant for one option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectedOption {
    /// Name of the option.
    pub name: String,
    /// Selected value.
    pub value: String,
}

impl Variant {
    /// A new variant that requires shipping, without a name, prices and components.
    #[must_use]
    pub fn new(sku: String) -> Self {
        Self {
            id: VariantId::new(),
            sku,
            name: String::new(),
            selected_options: Vec::new(),
            barcode: None,
            external_reference: None,
            weight_grams: None,
            requires_shipping: true,
            prices: Vec::new(),
            components: Vec::new(),
        }
    }

    /// True if the variant is a bundle of other variants.
    #[must_use]
    pub fn is_bundle(&self) -> bool {
        !self.components.is_empty()
    }

    /// The stock that one unit requires: the variant itself, or the components of a bundle.
    pub fn stock_needs(&self) -> impl Iterator<Item = (VariantId, u32)> {
        let own = (!self.is_bundle()).then_some((self.id, 1));
        own.into_iter().chain(self.components.iter().map(|part| (part.variant_id, part.quantity)))
    }
}

impl ProductOption {
    /// The name in the first of the locales that has one, else in the default locale.
    #[must_use]
    pub fn name_in(&self, locales: &[Locale]) -> &str {
        TermTranslation::name(&self.translations, locales).unwrap_or(&self.name)
    }

    /// A value in the first of the locales that has it, else in the default locale.
    #[must_use]
    pub fn value_in<'a>(&'a self, value: &'a str, locales: &[Locale]) -> &'a str {
        TermTranslation::value(&self.translations, value, locales).unwrap_or(value)
    }
}

/// The name of a variant without a name of its own: its option values such as `S / black`, or the product's name.
#[must_use]
pub fn variant_name<'a>(values: impl IntoIterator<Item = &'a str>, product_name: &str) -> String {
    let values: Vec<&str> = values.into_iter().collect();
    if values.is_empty() { product_name.to_owned() } else { values.join(" / ") }
}
