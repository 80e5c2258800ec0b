//! The objects of a new shop.

use chrono::NaiveDate;
use model::{
    Currency, Locale, Translations,
    channels::{CaptureMode, Channel, DeliveryTaxMode, StockLocation, TaxRounding},
    ids::{ChannelId, StockLocationId, TaxClassId},
    settings::ShopSettings,
    tax::{TaxClass, TaxRule},
};

use super::{
    countries::{Countries, CountryDefaults},
    input::{NewShop, OpeningError, OpeningRule},
};

/// The objects of a new shop, except the account of its owner.
pub(super) struct Plan {
    pub settings: ShopSettings,
    pub classes: Vec<TaxClass>,
    pub rates: Vec<TaxRule>,
    pub location: StockLocation,
    pub channel: Channel,
    pub lacks_local_taxes: bool,
    /// The day on which the rates were checked last.
    pub checked: NaiveDate,
}

impl Plan {
    /// The objects of a shop in its country.
    ///
    /// # Errors
    /// [`OpeningError`] if the input breaks a rule.
    pub fn of(new: &NewShop) -> Result<Self, OpeningError> {
        let file = Countries::read()?;
        let defaults = file.find(new.country);
        let mut settings = ShopSettings::new(new.name.trim().to_owned());
        settings.mail_sender.address.clone_from(&new.mail_from);
        settings.check()?;
        let location = location(new)?;
        let channel = channel(new, defaults, location.id)?;
        let class = |(slug, name): (&str, &str)| {
            Ok(TaxClass { id: TaxClassId::new(), slug: slug.parse()?, name: name.to_owned() })
        };
        Ok(Self {
            settings,
            classes: file.classes(new.country).into_iter().map(class).collect::<Result<_, OpeningRule>>()?,
            rates: file.rules(new.country)?,
            location,
            channel,
            checked: file.checked,
            lacks_local_taxes: defaults.is_some_and(|found| found.lacks_local_rates),
        })
    }
}

fn channel(
    new: &NewShop,
    defaults: Option<&CountryDefaults>,
    location: StockLocationId,
) -> Result<Channel, OpeningError> {
    let channel = Channel {
        id: ChannelId::new(),
        version: 1,
        translations: Translations::new(),
        archived_at: None,
        delivery_tax_mode: DeliveryTaxMode::StandardRate,
        tax_rounding: TaxRounding::PerLine,
        slug: new.country.code().to_lowercase().parse().map_err(OpeningRule::from)?,
        name: new.name.trim().to_owned(),
        prices_include_tax: new.prices_include_tax.unwrap_or(!defaults.is_some_and(|found| found.prices_exclude_tax)),
        currencies: vec![currency(new, defaults)?],
        locales: locales(new, defaults)?,
        countries: vec![new.country],
        locations: vec![location],
        capture_mode: CaptureMode::Automatic,
        transfer_hold_hours: Channel::TRANSFER_HOLD_HOURS,
        return_origins: Vec::new(),
        is_default: true,
    };
    channel.check().map_err(OpeningRule::from)?;
    Ok(channel)
}

fn location(new: &NewShop) -> Result<StockLocation, OpeningRule> {
    Ok(StockLocation {
        id: StockLocationId::new(),
        version: 1,
        slug: "main".parse()?,
        name: new.name.trim().to_owned(),
        country: new.country,
        address: None,
        is_active: true,
    })
}

fn currency(new: &NewShop, defaults: Option<&CountryDefaults>) -> Result<Currency, OpeningRule> {
    let currency = new.currency.or(defaults.map(|found| found.currency));
    currency.ok_or(OpeningRule::CurrencyNeeded(new.country))
}

fn locales(new: &NewShop, defaults: Option<&CountryDefaults>) -> Result<Vec<Locale>, OpeningRule> {
    let default = defaults.map(|found| found.language.clone());
    match default {
        _ if !new.languages.is_empty() => Ok(new.languages.clone()),
        Some(language) => Ok(vec![language]),
        None => Err(OpeningRule::LanguageNeeded(new.country)),
    }
}
