//! Delivery zones and methods as staff see them.

use std::sync::Arc;

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};
use model::{Slug, settings::Settings, shipping};
use schema_shared::{CountryCode, CurrencyCode, Decimal, NameTranslation, PostalCodeRange, to_id};

use super::prices::DeliveryRateTable;

/// Places that share delivery methods.
pub struct DeliveryZone(pub(super) shipping::DeliveryZone);

/// Places that share delivery methods: whole countries, or the regions and postal codes of one country.
#[Object]
impl DeliveryZone {
    /// Global id of the zone.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Version of the zone: starts at 1 and increases with each change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// Name of the zone for staff, unique in the shop.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Countries of the zone.
    fn countries(&self) -> Vec<CountryCode> {
        self.0.countries.iter().copied().map(CountryCode).collect()
    }

    /// ISO 3166-2 suffixes of the regions that belong to the zone, such as `CA`; empty for all regions.
    fn regions(&self) -> &[String] {
        &self.0.regions
    }

    /// Postal codes that belong to the zone; empty for all of them.
    fn postal_codes(&self) -> Vec<PostalCodeRange> {
        self.0.postal_codes.iter().map(Into::into).collect()
    }
}

/// A delivery method that a channel offers in a zone.
pub struct DeliveryMethod {
    pub(super) method: shipping::DeliveryMethod,
    pub(super) settings: Arc<Settings>,
}

/// A delivery method that a channel offers in a zone.
#[Object]
impl DeliveryMethod {
    /// Global id of the method.
    fn id(&self) -> ID {
        to_id(self.method.id)
    }

    /// Version of the method: starts at 1 and increases with each change.
    fn version(&self) -> i32 {
        self.method.version
    }

    /// Zone that the method delivers to; null for an archived method whose zone was deleted.
    fn zone(&self) -> Option<DeliveryZone> {
        self.settings.delivery_zone(self.method.zone).cloned().map(DeliveryZone)
    }

    /// Slug of the channel that offers the method.
    fn channel(&self) -> String {
        let known = self.settings.channel_by_id(self.method.channel);
        known.map_or_else(|| self.method.channel.to_string(), |channel| channel.slug.to_string())
    }

    /// Handle of the method in carts, such as `standard`. Methods of a channel with the same handle in several zones are
    /// one service with a price for each zone; of these, an address is offered the method of the most precise zone: by
    /// postal code, else by region, else by country.
    fn handle(&self) -> &str {
        &self.method.handle
    }

    /// Name that shoppers see whose language has no translation.
    fn name(&self) -> &str {
        &self.method.name
    }

    /// Names in other languages.
    fn translations(&self) -> Vec<NameTranslation> {
        NameTranslation::all(&self.method.translations)
    }

    /// Currency of all amounts of the method.
    fn currency_code(&self) -> CurrencyCode {
        CurrencyCode(self.method.currency)
    }

    /// Price with or without tax as the channel defines; null if a table decides.
    fn price(&self) -> Option<Decimal> {
        match &self.method.price {
            shipping::DeliveryPrice::Fixed(price) => Some(Decimal(price.to_decimal().into())),
            shipping::DeliveryPrice::Table(_) => None,
        }
    }

    /// Table of prices; null if the price is fixed.
    fn rates(&self) -> Option<DeliveryRateTable> {
        match &self.method.price {
            shipping::DeliveryPrice::Fixed(_) => None,
            shipping::DeliveryPrice::Table(table) => Some(DeliveryRateTable::of(table, self.method.currency)),
        }
    }

    /// Gross value of the goods after discounts from which delivery is free; null if it is never free.
    fn free_from(&self) -> Option<Decimal> {
        self.method.free_from.map(|amount| Decimal(amount.to_decimal().into()))
    }

    /// Minimum number of days until delivery.
    fn min_days(&self) -> u16 {
        self.method.estimated_days.0
    }

    /// Maximum number of days until delivery.
    fn max_days(&self) -> u16 {
        self.method.estimated_days.1
    }

    /// Place of the method in lists; lower ones come first.
    fn position(&self) -> i32 {
        self.method.position
    }

    /// Slug of the stock location where the shopper picks the goods up; null if they are delivered.
    fn pickup_location(&self) -> Option<String> {
        let id = self.method.pickup_at?;
        Some(self.settings.location_by_id(id).map_or_else(|| id.to_string(), |location| location.slug.to_string()))
    }

    /// Delivery profiles of products that the method carries; `standard` are products without a profile.
    fn profiles(&self) -> Vec<&str> {
        match self.method.profiles.as_slice() {
            [] => vec![shipping::STANDARD_PROFILE],
            profiles => profiles.iter().map(Slug::as_str).collect(),
        }
    }

    /// Time at which the method was archived; null while it is offered.
    fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.method.archived_at
    }
}
