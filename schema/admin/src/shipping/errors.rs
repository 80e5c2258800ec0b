//! User errors and payloads of delivery mutations.

use async_graphql::{ID, Result};
use model::shipping::{DeliveryMethodError, DeliveryZoneError};
use schema_shared::{FromRule, payloads, user_errors};
use services::shipping::{MethodRule, ZoneRule};

use super::types::{DeliveryMethod, DeliveryZone};

user_errors! {
    /// A user error of a delivery mutation.
    ShippingUserError,
    /// The error codes of delivery mutations.
    ShippingErrorCode {
        /// The zone does not exist.
        ZoneNotFound,
        /// The method does not exist.
        MethodNotFound,
        /// The channel does not exist, or is archived.
        ChannelNotFound,
        /// The stock location does not exist.
        LocationNotFound,
        /// The stock location does not supply the channel, or is not active.
        LocationNotInChannel,
        /// The zone or method was changed after the expected version.
        VersionConflict,
        /// The method is archived.
        MethodArchived,
        /// Another zone has this name.
        NameTaken,
        /// The channel has a method with this handle in the zone and currency.
        HandleTaken,
        /// Methods deliver to the zone.
        ZoneInUse,
        /// There are too many zones or methods.
        TooMany,
        /// The name is empty or longer than 200 characters.
        InvalidName,
        /// No country is given, there are too many, or one is repeated.
        InvalidCountries,
        /// There are too many regions, one is repeated, the country has no such region, or the zone has several
        /// countries.
        InvalidRegions,
        /// A range of postal codes is not valid, there are too many, or the zone has several countries.
        InvalidPostalCodes,
        /// The handle has other characters than lowercase letters, digits and single hyphens, or more than 100.
        InvalidHandle,
        /// A translation is empty or too long, its language is not a BCP 47 tag or is repeated, or there are too many.
        InvalidTranslations,
        /// The channel does not sell in the currency.
        InvalidCurrency,
        /// Neither or both of price and rates are given.
        PriceRequired,
        /// A price, or a table of prices, is not valid.
        InvalidPrice,
        /// The value of free delivery is not valid.
        InvalidFreeFrom,
        /// The days are not a range within 0 to 365.
        InvalidDays,
        /// The position is negative.
        InvalidPosition,
        /// A profile is not a slug or is repeated, or there are too many.
        InvalidProfiles,
    }
}

payloads! {
    errors ShippingUserError;

    "deliveryZoneCreate" => DeliveryZoneCreatePayload {
        /// The new zone; null if it was not created.
        delivery_zone: DeliveryZone,
    }
    "deliveryZoneUpdate" => DeliveryZoneUpdatePayload {
        /// The zone after the change; null if it was not changed.
        delivery_zone: DeliveryZone,
    }
    "deliveryZoneDelete" => DeliveryZoneDeletePayload {
        /// Global id of the deleted zone; null if it was not deleted.
        deleted_id: ID,
    }
    "deliveryMethodCreate" => DeliveryMethodCreatePayload {
        /// The new method; null if it was not created.
        delivery_method: DeliveryMethod,
    }
    "deliveryMethodUpdate" => DeliveryMethodUpdatePayload {
        /// The method after the change; null if it was not changed.
        delivery_method: DeliveryMethod,
    }
    "deliveryMethodArchive" => DeliveryMethodArchivePayload {
        /// The archived method; null if it was not archived.
        delivery_method: DeliveryMethod,
    }
}

impl FromRule<ZoneRule> for ShippingUserError {
    fn from_rule(rule: ZoneRule) -> Result<Vec<Self>, ZoneRule> {
        use DeliveryZoneError as Invalid;
        use ShippingErrorCode as Code;
        let (code, path) = match &rule {
            ZoneRule::NotFound => (Code::ZoneNotFound, "id".to_owned()),
            ZoneRule::VersionConflict { .. } => (Code::VersionConflict, "expectedVersion".to_owned()),
            ZoneRule::NameTaken => (Code::NameTaken, "name".to_owned()),
            ZoneRule::TooMany => return Ok(vec![Self::new(Code::TooMany, rule)]),
            ZoneRule::InUse => (Code::ZoneInUse, "id".to_owned()),
            ZoneRule::PostalCode { at, .. } => (Code::InvalidPostalCodes, format!("postalCodes.{at}")),
            ZoneRule::Invalid(Invalid::Name) => (Code::InvalidName, "name".to_owned()),
            ZoneRule::Invalid(Invalid::Countries | Invalid::OneCountry) => {
                (Code::InvalidCountries, "countries".to_owned())
            }
            ZoneRule::Invalid(Invalid::Regions) => (Code::InvalidRegions, "regions".to_owned()),
            ZoneRule::Invalid(Invalid::UnknownRegion { at }) => (Code::InvalidRegions, format!("regions.{at}")),
            ZoneRule::Invalid(Invalid::PostalCodes) => (Code::InvalidPostalCodes, "postalCodes".to_owned()),
        };
        Ok(vec![Self::at(code, rule, &path)])
    }
}

impl FromRule<MethodRule> for ShippingUserError {
    fn from_rule(rule: MethodRule) -> Result<Vec<Self>, MethodRule> {
        use ShippingErrorCode as Code;
        let (code, path) = match &rule {
            MethodRule::NotFound => (Code::MethodNotFound, "id".to_owned()),
            MethodRule::VersionConflict { .. } => (Code::VersionConflict, "expectedVersion".to_owned()),
            MethodRule::Archived => (Code::MethodArchived, "id".to_owned()),
            MethodRule::HandleTaken => (Code::HandleTaken, "handle".to_owned()),
            MethodRule::ZoneNotFound => (Code::ZoneNotFound, "zoneId".to_owned()),
            MethodRule::ChannelNotFound => (Code::ChannelNotFound, "channel".to_owned()),
            MethodRule::Currency => (Code::InvalidCurrency, "currencyCode".to_owned()),
            MethodRule::PriceMissing => (Code::PriceRequired, "price".to_owned()),
            MethodRule::TwoPrices => (Code::PriceRequired, "rates".to_owned()),
            MethodRule::Amount { path, .. } if path == "freeFrom" => (Code::InvalidFreeFrom, path.clone()),
            MethodRule::Amount { path, .. } => (Code::InvalidPrice, path.clone()),
            MethodRule::RepeatedLocale { at } => (Code::InvalidTranslations, format!("translations.{at}.locale")),
            MethodRule::LocationNotFound => (Code::LocationNotFound, "pickupLocation".to_owned()),
            MethodRule::LocationNotInChannel => (Code::LocationNotInChannel, "pickupLocation".to_owned()),
            MethodRule::Profile { at } => (Code::InvalidProfiles, format!("profiles.{at}")),
            MethodRule::TooMany => return Ok(vec![Self::new(Code::TooMany, rule)]),
            MethodRule::Invalid(why) => of_method(*why),
        };
        Ok(vec![Self::at(code, rule, &path)])
    }
}

fn of_method(why: DeliveryMethodError) -> (ShippingErrorCode, String) {
    use DeliveryMethodError as Invalid;
    use ShippingErrorCode as Code;
    let (code, path) = match why {
        Invalid::Handle => (Code::InvalidHandle, "handle"),
        Invalid::Name => (Code::InvalidName, "name"),
        Invalid::Translations => (Code::InvalidTranslations, "translations"),
        Invalid::Price => (Code::InvalidPrice, "price"),
        Invalid::FreeFrom => (Code::InvalidFreeFrom, "freeFrom"),
        Invalid::Days => (Code::InvalidDays, "maxDays"),
        Invalid::Position => (Code::InvalidPosition, "position"),
        Invalid::Profiles => (Code::InvalidProfiles, "profiles"),
    };
    (code, path.to_owned())
}
