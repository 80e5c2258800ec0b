//! Inputs of delivery zones and methods.

use async_graphql::{ID, InputObject, MaybeUndefined};
use model::{Patch, ids::DeliveryZoneId};
use schema_shared::{CountryCode, CurrencyCode, Decimal, NameTranslationInput, PostalCodeRangeInput, parse_id};
use services::shipping::{MethodInput, ZoneInput};

use super::{
    errors::{ShippingErrorCode as Code, ShippingUserError},
    prices::DeliveryRateTableInput,
};

/// Input of `deliveryZoneCreate`.
#[derive(InputObject)]
pub struct DeliveryZoneCreateInput {
    /// Name of the zone for staff, unique in the shop, 1 to 200 characters.
    name: String,
    /// Countries of the zone, 1 to 250.
    countries: Vec<CountryCode>,
    /// ISO 3166-2 suffixes of the regions that belong to the zone, such as `CA`, at most 100; all regions if absent. A
    /// zone with regions or postal codes has one country.
    regions: Option<Vec<String>>,
    /// Postal codes that belong to the zone, at most 500 ranges; all postal codes if absent. With regions, both must
    /// match.
    postal_codes: Option<Vec<PostalCodeRangeInput>>,
}

/// Input of `deliveryZoneUpdate`. Absent fields stay unchanged.
#[derive(InputObject)]
pub struct DeliveryZoneUpdateInput {
    /// Global id of the zone.
    pub(super) id: ID,
    /// Version that the change is based on. The change is rejected if the zone has another version.
    pub(super) expected_version: Option<i32>,
    /// New name of the zone for staff, unique in the shop, 1 to 200 characters.
    name: Option<String>,
    /// All countries of the zone, 1 to 250.
    countries: Option<Vec<CountryCode>>,
    /// All regions of the zone, at most 100; an empty list stands for all regions.
    regions: Option<Vec<String>>,
    /// All ranges of postal codes of the zone, at most 500; an empty list stands for all postal codes.
    postal_codes: Option<Vec<PostalCodeRangeInput>>,
}

/// Input of `deliveryZoneDelete`.
#[derive(InputObject)]
pub struct DeliveryZoneDeleteInput {
    /// Global id of the zone.
    pub(super) id: ID,
    /// Version that the caller last saw. The deletion is rejected if the zone has another version.
    pub(super) expected_version: Option<i32>,
}

/// Input of `deliveryMethodCreate`. Exactly one of `price` and `rates` is required.
#[derive(InputObject)]
pub struct DeliveryMethodCreateInput {
    /// Global id of the zone that the method delivers to.
    zone_id: ID,
    /// Channel that offers the method, by slug or global id.
    pub(super) channel: String,
    /// Handle of the method in carts: 1 to 100 lowercase letters, digits and single hyphens; unique in the channel, zone
    /// and currency.
    pub(super) handle: String,
    /// Name that shoppers see whose language has no translation, 1 to 200 characters.
    name: String,
    /// Currency of all amounts of the method; one of the channel.
    pub(super) currency_code: CurrencyCode,
    /// Minimum number of days until delivery, 0 to 365.
    min_days: u16,
    /// Maximum number of days until delivery, up to 365.
    max_days: u16,
    #[graphql(flatten)]
    fields: DeliveryMethodFields,
}

/// Input of `deliveryMethodUpdate`. Absent fields stay unchanged. Channel, handle and currency are fixed.
#[derive(InputObject)]
pub struct DeliveryMethodUpdateInput {
    /// Global id of the method.
    pub(super) id: ID,
    /// Version that the change is based on. The change is rejected if the method has another version.
    pub(super) expected_version: Option<i32>,
    /// Global id of the zone that the method delivers to.
    zone_id: Option<ID>,
    /// Name that shoppers see whose language has no translation, 1 to 200 characters.
    name: Option<String>,
    /// Minimum number of days until delivery, 0 to 365.
    min_days: Option<u16>,
    /// Maximum number of days until delivery, up to 365.
    max_days: Option<u16>,
    #[graphql(flatten)]
    fields: DeliveryMethodFields,
}

/// Fields of a delivery method that creation and update share.
#[derive(InputObject, Default)]
pub struct DeliveryMethodFields {
    /// All names in other languages, at most 50; they replace the present ones.
    translations: Option<Vec<NameTranslationInput>>,
    /// Price with or without tax as the channel defines; at most one of `price` and `rates` is given.
    price: Option<Decimal>,
    /// Table of prices by the value, weight or number of the goods, in place of `price`.
    rates: Option<DeliveryRateTableInput>,
    /// Gross value of the goods after discounts from which delivery is free; null if it is never free.
    free_from: MaybeUndefined<Decimal>,
    /// Place of the method in lists, from 0; lower ones come first, equal ones in the order of creation.
    position: Option<i32>,
    /// Stock location where the shopper picks the goods up, by slug or global id; null if they are delivered. It must
    /// supply the channel. The method is offered only while all goods are in stock there, and the order takes them from
    /// there.
    pickup_location: MaybeUndefined<String>,
    /// All delivery profiles of products that the method carries, at most 50 slugs; `standard` are products without a
    /// profile. An empty list stands for `standard` alone.
    profiles: Option<Vec<String>>,
}

/// Input of `deliveryMethodArchive`.
#[derive(InputObject)]
pub struct DeliveryMethodArchiveInput {
    /// Global id of the method.
    pub(super) id: ID,
    /// Version that the caller last saw. The method is not archived if it has another version.
    pub(super) expected_version: Option<i32>,
}

impl From<DeliveryZoneCreateInput> for ZoneInput {
    fn from(input: DeliveryZoneCreateInput) -> Self {
        Self {
            name: Some(input.name),
            countries: Some(countries(input.countries)),
            regions: input.regions,
            postal_codes: input.postal_codes.map(bounds),
        }
    }
}

impl From<DeliveryZoneUpdateInput> for ZoneInput {
    fn from(input: DeliveryZoneUpdateInput) -> Self {
        Self {
            name: input.name,
            countries: input.countries.map(countries),
            regions: input.regions,
            postal_codes: input.postal_codes.map(bounds),
        }
    }
}

fn countries(codes: Vec<CountryCode>) -> Vec<model::Country> {
    codes.into_iter().map(|code| code.0).collect()
}

fn bounds(ranges: Vec<PostalCodeRangeInput>) -> Vec<(String, String)> {
    ranges.into_iter().map(|range| (range.from, range.to)).collect()
}

impl DeliveryMethodCreateInput {
    /// The input of the use case.
    pub(super) fn read(self) -> Result<MethodInput, ShippingUserError> {
        Ok(MethodInput {
            zone: Some(zone_id(&self.zone_id)),
            name: Some(self.name),
            min_days: Some(self.min_days),
            max_days: Some(self.max_days),
            ..self.fields.read()?
        })
    }
}

impl DeliveryMethodUpdateInput {
    /// The input of the use case.
    pub(super) fn read(self) -> Result<MethodInput, ShippingUserError> {
        Ok(MethodInput {
            zone: self.zone_id.as_ref().map(zone_id),
            name: self.name,
            min_days: self.min_days,
            max_days: self.max_days,
            ..self.fields.read()?
        })
    }
}

impl DeliveryMethodFields {
    fn read(self) -> Result<MethodInput, ShippingUserError> {
        let names = self.translations.map(NameTranslationInput::read_all).transpose().map_err(|(at, error)| {
            ShippingUserError::at(Code::InvalidTranslations, error, &format!("translations.{at}.locale"))
        })?;
        Ok(MethodInput {
            translations: names,
            price: self.price.map(|price| price.0.into_owned()),
            rates: self.rates.map(Into::into),
            free_from: patch(self.free_from).map(|amount| amount.0.into_owned()),
            position: self.position,
            pickup_location: patch(self.pickup_location),
            profiles: self.profiles,
            ..MethodInput::default()
        })
    }
}

fn patch<T>(value: MaybeUndefined<T>) -> Patch<T> {
    match value {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(value),
    }
}

/// The id of a zone. An id of another type becomes a new id, so that the permission is checked first.
pub(super) fn zone_id(id: &ID) -> DeliveryZoneId {
    parse_id(id).unwrap_or_else(|_| DeliveryZoneId::new())
}
