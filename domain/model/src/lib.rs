//! The domain model: types, money, rules, state machines and domain events.
//! Pure and synchronous: no I/O, and the current time is always an argument.

pub mod access;
pub mod audit;
pub mod cart;
pub mod catalog;
pub mod channels;
pub mod customers;
#[cfg(test)]
mod enum_names;
pub mod events;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixtures;
pub mod inventory;
pub mod ledger;
pub mod orders;
pub mod payments;
pub mod pricing;
pub mod promotions;
pub mod search;
pub mod settings;
mod shared;
pub mod shipping;
pub mod tax;

pub use shared::{
    address::Address,
    basis_points::{BasisPoints, InvalidPercentage},
    country::{Country, UnknownCountry},
    currency::{Currency, UnknownCurrency},
    formats::Formats,
    id::{GlobalId, InvalidId},
    idempotency_key::{IdempotencyKey, InvalidIdempotencyKey},
    locale::{InvalidLocale, Locale},
    money::{Money, MoneyError, TaxedMoney},
    names::{Translations, are_names, is_name, name_in},
    network::Network,
    page::{Direction, Page, PageError, PageRequest},
    patch::Patch,
    postal_code::{InvalidPostalCodeRange, PostalCodeRange},
    quantity::{Quantity, QuantityError},
    region::is_region_of,
    slug::{InvalidSlug, Slug},
    vat_id::{CheckedVatId, InvalidVatId, VatId, is_member_state},
    web_url::{InvalidWebUrl, WebUrl},
};

/// Identifiers as newtypes over UUIDs.
pub mod ids {
    pub use crate::shared::id::*;
}

/// A point in time in UTC.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
