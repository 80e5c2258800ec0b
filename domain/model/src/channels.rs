//! Channels, stock locations, and the context of a storefront request.

mod return_origin;
mod rules;
mod taxation;
mod transfer_account;

use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

pub use return_origin::{InvalidReturnOrigin, ReturnOrigin};
pub use rules::ChannelRuleError;
pub use taxation::{DeliveryTaxMode, TaxRounding};
pub use transfer_account::{Iban, InvalidIban, InvalidTransferAccount, TransferAccount};

use crate::{
    Address, Country, Currency, Locale, Money, Slug, TaxedMoney, Timestamp, Translations,
    ids::{ChannelId, StockLocationId},
    is_name, name_in,
};

/// A place of sale with its own assortment, currencies, locales and stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Global id.
    pub id: ChannelId,
    /// Number of writes, starting at 1.
    pub version: i32,
    /// Unique name in URLs and in the API, such as `eu`.
    pub slug: Slug,
    /// Name shown to staff, and to shoppers whose language has no translation.
    pub name: String,
    /// Names in other languages.
    pub translations: Translations,
    /// True if prices are entered and shown including tax.
    pub prices_include_tax: bool,
    /// Supported currencies; the first is the default.
    pub currencies: Vec<Currency>,
    /// Supported locales; the first is the default and ends every fallback chain.
    pub locales: Vec<Locale>,
    /// Countries the channel sells to; the first is the default.
    pub countries: Vec<Country>,
    /// Stock locations that supply the channel, in order of preference.
    pub locations: Vec<StockLocationId>,
    /// The moment when authorized card payments are captured.
    pub capture_mode: CaptureMode,
    /// Hours for which an unpaid order by bank transfer reserves its stock.
    pub transfer_hold_hours: i32,
    /// Origins of the pages and apps to which shoppers may return from a gateway, besides the storefront in mails.
    pub return_origins: Vec<ReturnOrigin>,
    /// The tax on delivery.
    pub delivery_tax_mode: DeliveryTaxMode,
    /// The rounding of taxes.
    pub tax_rounding: TaxRounding,
    /// True if requests that name no channel use this one.
    pub is_default: bool,
    /// Time at which the channel was archived; it sells nothing since then.
    pub archived_at: Option<Timestamp>,
}

/// The moment when authorized card payments are captured.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum CaptureMode {
    /// Captured as soon as the order is placed.
    Automatic,
    /// Captured by staff.
    Manual,
}

/// The tax treatment of a channel's prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceMode {
    /// Prices include tax.
    Gross,
    /// Tax is added to prices.
    Net,
}

impl PriceMode {
    /// The gross or net side of an amount, whichever prices of this mode state.
    #[must_use]
    pub const fn pick(self, amount: TaxedMoney) -> Money {
        match self {
            Self::Gross => amount.gross,
            Self::Net => amount.net,
        }
    }
}

impl Channel {
    /// The reservation of a new channel in hours: most transfers arrive within one working day, also over a weekend.
    pub const TRANSFER_HOLD_HOURS: i32 = 72;

    /// The time for which an unpaid order by bank transfer reserves its stock.
    #[must_use]
    pub fn transfer_hold(&self) -> TimeDelta {
        TimeDelta::hours(i64::from(self.transfer_hold_hours))
    }

    /// The price mode, from [`Channel::prices_include_tax`].
    #[must_use]
    pub const fn price_mode(&self) -> PriceMode {
        if self.prices_include_tax { PriceMode::Gross } else { PriceMode::Net }
    }

    /// The currency of requests that name none; None only for a channel that [`Channel::check`] rejects.
    #[must_use]
    pub fn default_currency(&self) -> Option<Currency> {
        self.currencies.first().copied()
    }

    /// The country of requests that name none; None only for a channel that [`Channel::check`] rejects.
    #[must_use]
    pub fn default_country(&self) -> Option<Country> {
        self.countries.first().copied()
    }

    /// True if the channel sells to the country.
    #[must_use]
    pub fn serves(&self, country: Country) -> bool {
        self.countries.contains(&country)
    }

    /// True if the channel was archived.
    #[must_use]
    pub const fn is_archived(&self) -> bool {
        self.archived_at.is_some()
    }

    /// The name in the first of the locales that has one.
    #[must_use]
    pub fn name_in(&self, locales: &[Locale]) -> &str {
        name_in(&self.name, &self.translations, locales)
    }

    /// The locales to try for a requested one, best first: the requested locale, its language, the channel's default.
    /// If the channel supports neither the locale nor its language, the chain is that of the default locale.
    #[must_use]
    pub fn locale_chain(&self, requested: Option<&Locale>) -> Vec<Locale> {
        let offered = |tag: &str| self.locales.iter().find(|locale| locale.as_str() == tag);
        let best = |locale: &Locale| [offered(locale.as_str()), offered(locale.language())];
        let default = self.locales.first();
        let supported = requested.map(best).filter(|found| found.iter().any(Option::is_some));
        let found = supported.or_else(|| default.map(best)).into_iter().flatten().flatten();
        let mut chain: Vec<Locale> = Vec::with_capacity(3);
        for locale in found.chain(default) {
            if !chain.contains(locale) {
                chain.push(locale.clone());
            }
        }
        chain
    }
}

/// A warehouse or shop that holds stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLocation {
    /// Global id.
    pub id: StockLocationId,
    /// Number of writes, starting at 1.
    pub version: i32,
    /// Unique name in the API, such as `berlin`.
    pub slug: Slug,
    /// Name shown to staff, and to shoppers who pick goods up.
    pub name: String,
    /// Where it is.
    pub country: Country,
    /// Postal address, in the same country; the names of a recipient may be empty. None if it is not known.
    pub address: Option<Address>,
    /// False if its stock is not sold: it supplies no channel.
    pub is_active: bool,
}

/// The rule that a stock location breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LocationRuleError {
    /// The name is empty or too long.
    #[error("a name has 1 to 200 characters")]
    Name,
    /// A field of the address is missing or invalid.
    #[error("the address is missing this part, or it is not valid")]
    Address {
        /// The field's name in the API.
        field: &'static str,
    },
}

impl StockLocation {
    /// Checks the location.
    ///
    /// # Errors
    /// The first rule that the location breaks.
    pub fn check(&self) -> Result<(), LocationRuleError> {
        if !is_name(&self.name) {
            return Err(LocationRuleError::Name);
        }
        let Some(address) = &self.address else { return Ok(()) };
        let mut invalid = address.invalid_fields();
        // Goods are picked up at a place, not from a person.
        invalid.retain(|field| *field != "lastName" || !address.last_name.is_empty());
        if address.country != self.country {
            invalid.push("countryCode");
        }
        invalid.first().map_or(Ok(()), |field| Err(LocationRuleError::Address { field }))
    }
}

/// The context of a storefront request, resolved from its URL, its headers and the channel's defaults.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// The channel the request is for.
    pub channel: Arc<Channel>,
    /// Locales to try, best first; see [`Channel::locale_chain`].
    pub locales: Vec<Locale>,
    /// The currency of prices.
    pub currency: Currency,
    /// Country of the shopper.
    pub country: Country,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn the_address_of_a_location_needs_no_recipient() {
        let address = Address {
            first_name: String::new(),
            last_name: String::new(),
            company: None,
            street1: "Invalidenstraße 1".to_owned(),
            street2: None,
            postal_code: "10115".to_owned(),
            city: "Berlin".to_owned(),
            region: None,
            country: "DE".parse().unwrap(),
            phone: None,
        };
        let berlin = fixtures::stock_location("berlin".parse().unwrap(), "DE".parse().unwrap());
        let at = |address| StockLocation { address: Some(address), ..berlin.clone() }.check();
        assert_eq!((berlin.check(), at(address.clone())), (Ok(()), Ok(())));
        let broken = |field| Err(LocationRuleError::Address { field });
        assert_eq!(at(Address { street1: String::new(), ..address.clone() }), broken("street1"));
        assert_eq!(at(Address { last_name: "x".repeat(201), ..address.clone() }), broken("lastName"));
        assert_eq!(at(Address { country: "FR".parse().unwrap(), ..address }), broken("countryCode"));
        assert_eq!(StockLocation { name: " ".to_owned(), ..berlin }.check(), Err(LocationRuleError::Name));
    }

    #[test]
    fn unsupported_locales_fall_back_to_the_default_chain() {
        let locale = |tag: &str| -> Locale { tag.parse().unwrap() };
        let channel = Channel {
            locales: ["en-GB", "en", "de-AT"].map(locale).into(),
            ..fixtures::channel("uk".parse().unwrap())
        };
        for (requested, expected) in [
            (None, vec!["en-GB", "en"]),
            (Some("fr"), vec!["en-GB", "en"]),
            (Some("en-GB"), vec!["en-GB", "en"]),
            (Some("en-AU"), vec!["en", "en-GB"]),
            (Some("de-AT"), vec!["de-AT", "en-GB"]),
        ] {
            let chain = channel.locale_chain(requested.map(locale).as_ref());
            assert_eq!(chain, expected.into_iter().map(locale).collect::<Vec<_>>(), "{requested:?}");
            assert!(
                channel.locales.iter().any(|offered| channel.locale_chain(Some(offered)) == chain),
                "{requested:?}"
            );
        }
    }
}
