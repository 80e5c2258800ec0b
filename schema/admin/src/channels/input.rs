//! Inputs of channels.

use async_graphql::{ID, InputObject, Result};
use model::{
    Locale, Translations,
    channels::{CaptureMode, DeliveryTaxMode, InvalidReturnOrigin, ReturnOrigin, TaxRounding},
};
use schema_shared::{BadUserInput, CountryCode, CurrencyCode, NameTranslationInput, parse_id};
use services::channels::{ChannelDetails, ChannelRef, ChannelTarget, NewChannel};

use super::errors::{ChannelErrorCode, ChannelUserError};

/// Input of `channelCreate`.
#[derive(InputObject)]
pub struct ChannelCreateInput {
    /// Unique slug of lowercase letters, digits and single hyphens, such as `eu`.
    slug: String,
    /// Name of the channel for people; the slug if absent.
    name: Option<String>,
    /// Names of the channel in other languages, at most 50.
    #[graphql(default)]
    translations: Vec<NameTranslationInput>,
    /// True if prices are entered and shown with tax.
    prices_include_tax: bool,
    /// Currencies of the channel, the default first; at least one.
    currency_codes: Vec<CurrencyCode>,
    /// Languages of content as BCP 47 tags, the default first; at least one.
    locales: Vec<String>,
    /// Countries that the channel delivers to, the default first; at least one.
    country_codes: Vec<CountryCode>,
    /// Slugs of the stock locations that supply the channel, in order of preference.
    #[graphql(default)]
    locations: Vec<String>,
    /// Time at which authorized card payments are captured; `AUTOMATIC` if absent.
    capture_mode: Option<CaptureMode>,
    /// Hours for which an unpaid order by bank transfer reserves its stock, 1 to 720; 72 if absent.
    transfer_hold_hours: Option<i32>,
    /// Origins of the pages and apps to which shoppers may return from a payment gateway: `https`, host and port of a
    /// website, or the scheme and host of an app's links, such as `myapp://return`. At most 20.
    #[graphql(default)]
    return_origins: Vec<String>,
    /// Tax on delivery; `STANDARD_RATE` if absent.
    delivery_tax_mode: Option<DeliveryTaxMode>,
    /// Rounding of taxes; `PER_LINE` if absent.
    tax_rounding: Option<TaxRounding>,
    /// True if requests that name no channel use this one. It replaces the present default.
    is_default: Option<bool>,
}

/// Input of `channelUpdate`. Absent fields stay unchanged.
#[derive(InputObject)]
pub struct ChannelUpdateInput {
    /// Global id of the channel. Either the id or the slug is required.
    id: Option<ID>,
    /// Slug of the channel. Either the slug or the id is required.
    slug: Option<String>,
    /// Version that the change is based on. The change is rejected if the channel has another version.
    expected_version: Option<i32>,
    /// New unique slug of lowercase letters, digits and single hyphens. Requests that name the present one are refused
    /// from then on.
    new_slug: Option<String>,
    /// New name of the channel for people whose language has no translation.
    name: Option<String>,
    /// All names of the channel in other languages, at most 50; they replace the present ones.
    translations: Option<Vec<NameTranslationInput>>,
    /// True if prices are entered and shown with tax. The amounts of prices stay the same. Fixed once the channel has
    /// orders.
    prices_include_tax: Option<bool>,
    /// Currencies of the channel, the default first.
    currency_codes: Option<Vec<CurrencyCode>>,
    /// Languages of content as BCP 47 tags, the default first.
    locales: Option<Vec<String>>,
    /// Countries that the channel delivers to, the default first.
    country_codes: Option<Vec<CountryCode>>,
    /// Slugs of the stock locations that supply the channel, in order of preference.
    locations: Option<Vec<String>>,
    /// Time at which authorized card payments are captured.
    capture_mode: Option<CaptureMode>,
    /// Hours for which an unpaid order by bank transfer reserves its stock, 1 to 720. Orders that wait already keep their
    /// time.
    transfer_hold_hours: Option<i32>,
    /// Origins of the pages and apps to which shoppers may return from a payment gateway: `https`, host and port of a
    /// website, or the scheme and host of an app's links, such as `myapp://return`. At most 20.
    return_origins: Option<Vec<String>>,
    /// Tax on delivery.
    delivery_tax_mode: Option<DeliveryTaxMode>,
    /// Rounding of taxes.
    tax_rounding: Option<TaxRounding>,
    /// True makes it the channel of requests that name none. The present default cannot be set to false.
    is_default: Option<bool>,
}

/// Input of `channelArchive`.
#[derive(InputObject)]
pub struct ChannelArchiveInput {
    /// Global id of the channel. Either the id or the slug is required.
    id: Option<ID>,
    /// Slug of the channel. Either the slug or the id is required.
    slug: Option<String>,
    /// Version that the caller last saw. The channel is not archived if it has another version.
    expected_version: Option<i32>,
}

impl ChannelArchiveInput {
    /// The channel to archive.
    pub fn read(self) -> Result<ChannelTarget> {
        target(self.id, self.slug, self.expected_version)
    }
}

fn target(id: Option<ID>, slug: Option<String>, expected_version: Option<i32>) -> Result<ChannelTarget> {
    let channel = match (id, slug) {
        (Some(id), None) => ChannelRef::Id(parse_id(&id)?),
        (None, Some(slug)) => ChannelRef::Slug(slug),
        _ => return Err(BadUserInput("give either the id or the slug of the channel".to_owned()).into()),
    };
    Ok(ChannelTarget { channel, expected_version })
}

impl ChannelCreateInput {
    /// The input of the use case.
    pub fn read(self) -> Result<NewChannel, ChannelUserError> {
        let details = ChannelDetails {
            slug: None,
            name: self.name,
            translations: Some(translations(self.translations)?),
            prices_include_tax: None,
            currencies: Some(self.currency_codes.into_iter().map(|code| code.0).collect()),
            locales: Some(locales(&self.locales)?),
            countries: Some(self.country_codes.into_iter().map(|code| code.0).collect()),
            locations: Some(self.locations),
            capture_mode: self.capture_mode,
            transfer_hold_hours: self.transfer_hold_hours,
            return_origins: Some(return_origins(&self.return_origins)?),
            delivery_tax_mode: self.delivery_tax_mode,
            tax_rounding: self.tax_rounding,
            is_default: self.is_default,
        };
        Ok(NewChannel { slug: self.slug, prices_include_tax: self.prices_include_tax, details })
    }
}

impl ChannelUpdateInput {
    /// The channel to change and the input of the use case.
    pub fn read(mut self) -> Result<Result<(ChannelTarget, ChannelDetails), ChannelUserError>> {
        let target = target(self.id.take(), self.slug.take(), self.expected_version)?;
        Ok(self.details().map(|details| (target, details)))
    }

    fn details(self) -> Result<ChannelDetails, ChannelUserError> {
        Ok(ChannelDetails {
            slug: self.new_slug,
            name: self.name,
            translations: self.translations.map(translations).transpose()?,
            prices_include_tax: self.prices_include_tax,
            currencies: self.currency_codes.map(|codes| codes.into_iter().map(|code| code.0).collect()),
            locales: self.locales.as_deref().map(locales).transpose()?,
            countries: self.country_codes.map(|codes| codes.into_iter().map(|code| code.0).collect()),
            locations: self.locations,
            capture_mode: self.capture_mode,
            transfer_hold_hours: self.transfer_hold_hours,
            return_origins: self.return_origins.as_deref().map(return_origins).transpose()?,
            delivery_tax_mode: self.delivery_tax_mode,
            tax_rounding: self.tax_rounding,
            is_default: self.is_default,
        })
    }
}

fn translations(inputs: Vec<NameTranslationInput>) -> Result<Translations, ChannelUserError> {
    let refuse = |at: usize, message: &str| {
        ChannelUserError::at(ChannelErrorCode::InvalidTranslations, message, &format!("translations.{at}.locale"))
    };
    let names = NameTranslationInput::read_all(inputs).map_err(|(at, error)| refuse(at, &error.to_string()))?;
    let mut translations = Translations::new();
    for (at, (locale, name)) in names.into_iter().enumerate() {
        if translations.insert(locale, name.trim().to_owned()).is_some() {
            return Err(refuse(at, "this language occurs twice"));
        }
    }
    Ok(translations)
}

fn locales(tags: &[String]) -> Result<Vec<Locale>, ChannelUserError> {
    let parse = |(at, tag): (usize, &String)| {
        tag.parse().map_err(|error: model::InvalidLocale| {
            ChannelUserError::at(ChannelErrorCode::InvalidLocales, error, &format!("locales.{at}"))
        })
    };
    tags.iter().enumerate().map(parse).collect()
}

fn return_origins(texts: &[String]) -> Result<Vec<ReturnOrigin>, ChannelUserError> {
    let parse = |(at, text): (usize, &String)| {
        text.parse().map_err(|error: InvalidReturnOrigin| {
            ChannelUserError::at(ChannelErrorCode::InvalidReturnOrigins, error, &format!("returnOrigins.{at}"))
        })
    };
    texts.iter().enumerate().map(parse).collect()
}
