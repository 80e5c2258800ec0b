//! Minimal valid values for tests and benchmarks; replace fields with struct update syntax.

use std::collections::BTreeMap;

use crate::{
    Country, Currency, Money, Slug, Timestamp,
    catalog::{Category, Product, Seo, Variant},
    channels::{CaptureMode, Channel, DeliveryTaxMode, StockLocation, TaxRounding},
    ids::{CategoryId, ChannelId, DeliveryMethodId, DeliveryZoneId, ProductTypeId, StockLocationId},
    shipping::{DeliveryMethod, DeliveryPrice, DeliveryZone},
    tax::STANDARD_CLASS,
};

/// A channel that sells in euros with tax included, without locales, countries and stock locations.
#[must_use]
pub fn channel(slug: Slug) -> Channel {
    Channel {
        id: ChannelId::new(),
        version: 1,
        name: slug.to_string(),
        translations: BTreeMap::new(),
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
        archived_at: None,
    }
}

/// An active stock location without an address, named like its slug.
#[must_use]
pub fn stock_location(slug: Slug, country: Country) -> StockLocation {
    StockLocation {
        id: StockLocationId::new(),
        version: 1,
        name: slug.to_string(),
        slug,
        country,
        address: None,
        is_active: true,
    }
}

/// A zone of whole countries.
#[must_use]
pub fn delivery_zone(countries: Vec<Country>) -> DeliveryZone {
    let id = DeliveryZoneId::new();
    let (name, regions, postal_codes) = (id.uuid().to_string(), Vec::new(), Vec::new());
    DeliveryZone { id, version: 1, name, countries, regions, postal_codes }
}

/// A method with a fixed price that is never free, named like its handle.
#[must_use]
pub fn delivery_method(channel: ChannelId, zone: DeliveryZoneId, handle: &str, price: Money) -> DeliveryMethod {
    DeliveryMethod {
        id: DeliveryMethodId::new(),
        version: 1,
        zone,
        channel,
        handle: handle.to_owned(),
        name: handle.to_owned(),
        translations: BTreeMap::new(),
        currency: price.currency,
        price: DeliveryPrice::Fixed(price),
        free_from: None,
        estimated_days: (1, 3),
        position: 0,
        pickup_at: None,
        profiles: Vec::new(),
        archived_at: None,
    }
}

/// A product of the standard tax class, without variants, named like its slug and published nowhere.
#[must_use]
pub fn product(slug: Slug) -> Product {
    let name = slug.to_string();
    Product::new(ProductTypeId::new(), slug, name, STANDARD_CLASS, Timestamp::UNIX_EPOCH)
}

/// A variant that requires shipping, named like its SKU and without prices.
#[must_use]
pub fn variant(sku: &str) -> Variant {
    Variant { name: sku.to_owned(), ..Variant::new(sku.to_owned()) }
}

/// A category without texts, named like its slug path.
#[must_use]
pub fn category(slug: Slug, parent: Option<CategoryId>) -> Category {
    Category {
        id: CategoryId::new(),
        version: 1,
        name: slug.to_string(),
        slug,
        description: String::new(),
        parent,
        former_places: Vec::new(),
        is_closing: false,
        position: 0,
        translations: BTreeMap::new(),
        seo: Seo::default(),
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}
