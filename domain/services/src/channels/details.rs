//! The fields of a channel that can change.

use std::mem::take;

use model::{
    Country, Currency, Locale, Translations,
    channels::{CaptureMode, Channel, DeliveryTaxMode, ReturnOrigin, TaxRounding},
    ids::StockLocationId,
    settings::Settings,
};

use super::rules::ChannelRule;

/// The fields of a channel that can change; absent fields keep their values.
#[derive(Debug, Clone, Default)]
pub struct ChannelDetails {
    /// The new slug.
    pub slug: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// All names in other languages.
    pub translations: Option<Translations>,
    /// True if prices are entered and shown with tax; fixed once the channel has orders.
    pub prices_include_tax: Option<bool>,
    /// Currencies, the default first.
    pub currencies: Option<Vec<Currency>>,
    /// Languages, the default first.
    pub locales: Option<Vec<Locale>>,
    /// Countries, the default first.
    pub countries: Option<Vec<Country>>,
    /// Slugs of stock locations, in order of preference.
    pub locations: Option<Vec<String>>,
    /// The time when authorized payments are captured.
    pub capture_mode: Option<CaptureMode>,
    /// Hours for which an unpaid order by bank transfer reserves its stock.
    pub transfer_hold_hours: Option<i32>,
    /// Origins of the pages and apps to which shoppers may return from a gateway.
    pub return_origins: Option<Vec<ReturnOrigin>>,
    /// The tax on delivery.
    pub delivery_tax_mode: Option<DeliveryTaxMode>,
    /// The rounding of taxes.
    pub tax_rounding: Option<TaxRounding>,
    /// True for the channel of requests that name none.
    pub is_default: Option<bool>,
}

impl ChannelDetails {
    /// Applies the fields to a channel.
    ///
    /// # Errors
    /// The first rule that the channel breaks.
    pub(super) fn apply(self, channel: &mut Channel, settings: &Settings) -> Result<(), ChannelRule> {
        if let Some(slug) = self.slug {
            channel.slug = slug.parse()?;
        }
        if let Some(name) = self.name {
            name.trim().clone_into(&mut channel.name);
        }
        if let Some(slugs) = self.locations {
            channel.locations = locations(settings, &slugs)?;
        }
        channel.translations = self.translations.unwrap_or(take(&mut channel.translations));
        channel.prices_include_tax = self.prices_include_tax.unwrap_or(channel.prices_include_tax);
        channel.currencies = self.currencies.unwrap_or(take(&mut channel.currencies));
        channel.locales = self.locales.unwrap_or(take(&mut channel.locales));
        channel.countries = self.countries.unwrap_or(take(&mut channel.countries));
        channel.return_origins = self.return_origins.unwrap_or(take(&mut channel.return_origins));
        channel.capture_mode = self.capture_mode.unwrap_or(channel.capture_mode);
        channel.transfer_hold_hours = self.transfer_hold_hours.unwrap_or(channel.transfer_hold_hours);
        channel.delivery_tax_mode = self.delivery_tax_mode.unwrap_or(channel.delivery_tax_mode);
        channel.tax_rounding = self.tax_rounding.unwrap_or(channel.tax_rounding);
        channel.is_default |= self.is_default == Some(true);
        Ok(channel.check()?)
    }
}

fn locations(settings: &Settings, slugs: &[String]) -> Result<Vec<StockLocationId>, ChannelRule> {
    let id = |slug: &String| {
        let location = settings.location(slug).ok_or_else(|| ChannelRule::LocationNotFound(slug.clone()))?;
        Ok(location.id)
    };
    slugs.iter().map(id).collect()
}
