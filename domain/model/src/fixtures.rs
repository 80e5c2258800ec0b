//! Minimal valid values for tests and benchmarks; replace fields with struct update syntax.

use std::collections::BTreeMap;

use crate::{
    Currency, Slug, Timestamp,
    catalog::{Product, Seo, Variant},
    channels::{CaptureMode, Channel, DeliveryTaxMode, TaxRounding},
    ids::{ChannelId, ProductId, ProductTypeId, VariantId},
    tax::STANDARD_CLASS,
};

/// A channel that sells in euros with tax included, without locales, countries and stock locations.
#[must_use]
pub fn channel(slug: Slug) -> Channel {
    Channel {
        id: ChannelId::new(),
        name: slug.to_string(),
        slug,
        prices_include_tax: true,
        currencies: vec![Currency::EUR],
        locales: Vec::new(),
        countries: Vec::new(),
        locations: Vec::new(),
        capture_mode: CaptureMode::Automatic,
        transfer_hold_hours: Channel::TRANSFER_HOLD_HOURS,
        return_origins: Vec::new(),
        delivery_tax_mode: DeliveryTaxMode::StandardRate,
        tax_rounding: TaxRounding::PerLine,
        is_default: false,
    }
}

/// A product of the standard tax class, without variants, named like its slug and published nowhere.
#[must_use]
pub fn product(slug: Slug) -> Product {
    Product {
        id: ProductId::new(),
        version: 1,
        product_type: ProductTypeId::new(),
        name: slug.to_string(),
        slug,
        former_slugs: Vec::new(),
        description: String::new(),
        vendor: None,
        tags: Vec::new(),
        tax_class: STANDARD_CLASS.to_owned(),
        attributes: Vec::new(),
        options: Vec::new(),
        variants: Vec::new(),
        media: Vec::new(),
        categories: Vec::new(),
        publications: Vec::new(),
        seo: Seo::default(),
        translations: BTreeMap::new(),
        metafields: Vec::new(),
        external_reference: None,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

/// A variant that requires shipping, named like its SKU and without prices.
#[must_use]
pub fn variant(sku: &str) -> Variant {
    Variant {
        id: VariantId::new(),
        sku: sku.to_owned(),
        name: sku.to_owned(),
        selected_options: Vec::new(),
        weight_grams: None,
        requires_shipping: true,
        prices: Vec::new(),
        components: Vec::new(),
    }
}
