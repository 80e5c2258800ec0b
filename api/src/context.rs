//! The channel, locale, currency and country of a request: from its URL, else its headers, else the channel's defaults.

use std::sync::Arc;

use axum::http::HeaderMap;
use model::{
    Country, Currency, Locale,
    channels::{Channel, RequestContext},
    settings::Settings,
};

/// The request names a channel, currency or country that the shop does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContextError {
    /// No channel has this slug, or it was archived.
    #[error("there is no channel `{0}`")]
    UnknownChannel(String),
    /// The channel does not sell in this currency.
    #[error("the channel `{channel}` does not sell in `{currency}`; it sells in {offered}")]
    UnsupportedCurrency {
        /// The channel.
        channel: String,
        /// The requested currency.
        currency: String,
        /// The currencies of the channel.
        offered: String,
    },
    /// The country is not an ISO 3166-1 code.
    #[error("`{0}` is not a country code of ISO 3166-1")]
    UnknownCountry(String),
    /// The shop has no channel.
    #[error("the shop has no channel yet; run `mercator seed` or create one")]
    NoChannel,
}

/// The maximum length of a client's value in an error message.
const MAX_SHOWN: usize = 40;

/// Resolves the context. An unknown locale falls back to the channel's locales.
///
/// # Errors
/// [`ContextError`] if the request names an unknown channel or country, or a currency the channel does not sell in.
pub fn resolve(settings: &Settings, query: Option<&str>, headers: &HeaderMap) -> Result<RequestContext, ContextError> {
    let requested = Requested::read(query, headers);
    let channel = channel(settings, requested.channel)?;
    let currency = currency(channel, requested.currency)?;
    let country = country(channel, requested.country)?;
    let locales = locales(channel, requested.locale.as_deref(), requested.languages.as_deref());
    Ok(RequestContext { channel: channel.clone(), locales, currency, country })
}

/// The values in the request; the URL takes precedence over the headers.
#[derive(Default)]
struct Requested {
    channel: Option<String>,
    currency: Option<String>,
    country: Option<String>,
    locale: Option<String>,
    languages: Option<String>,
}

impl Requested {
    fn read(query: Option<&str>, headers: &HeaderMap) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut requested = Self::default();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let place = match name.as_ref() {
                "channel" => &mut requested.channel,
                "currency" => &mut requested.currency,
                "country" => &mut requested.country,
                "locale" => &mut requested.locale,
                _ => continue,
            };
            *place = Some(value.into_owned()).filter(|value| !value.is_empty());
        }
        requested.channel = requested.channel.or_else(|| header("mercator-channel"));
        requested.currency = requested.currency.or_else(|| header("mercator-currency"));
        requested.country = requested.country.or_else(|| header("mercator-country"));
        requested.languages = header("accept-language");
        requested
    }
}

fn channel(settings: &Settings, requested: Option<String>) -> Result<&Arc<Channel>, ContextError> {
    match requested {
        Some(slug) => {
            let open = settings.channel(&slug).filter(|channel| !channel.is_archived());
            open.ok_or_else(|| ContextError::UnknownChannel(shown(&slug)))
        }
        None => settings.default_channel().ok_or(ContextError::NoChannel),
    }
}

fn currency(channel: &Channel, requested: Option<String>) -> Result<Currency, ContextError> {
    let Some(code) = requested else { return channel.default_currency().ok_or(ContextError::NoChannel) };
    let offered = code.parse().ok().filter(|currency| channel.currencies.contains(currency));
    offered.ok_or_else(|| ContextError::UnsupportedCurrency {
        channel: channel.slug.to_string(),
        currency: shown(&code),
        offered: channel.currencies.iter().map(|currency| currency.code()).collect::<Vec<_>>().join(", "),
    })
}

fn country(channel: &Channel, requested: Option<String>) -> Result<Country, ContextError> {
    match requested {
        Some(code) => code.parse().map_err(|_| ContextError::UnknownCountry(shown(&code))),
        None => channel.default_country().ok_or(ContextError::NoChannel),
    }
}

/// The locales to try: from the locale in the URL, else from the first of the browser's languages that the channel has.
fn locales(channel: &Channel, requested: Option<&str>, languages: Option<&str>) -> Vec<Locale> {
    if let Some(requested) = requested {
        return channel.locale_chain(requested.parse().ok().as_ref());
    }
    let accepted = accepted_languages(languages.unwrap_or_default());
    let offered = accepted.iter().find(|requested| {
        channel.locales.iter().any(|locale| locale == *requested || locale.as_str() == requested.language())
    });
    channel.locale_chain(offered)
}

/// The first ten languages of an `Accept-Language` header, the preferred first.
fn accepted_languages(header: &str) -> Vec<Locale> {
    let mut accepted: Vec<(f32, Locale)> = header
        .split(',')
        .take(10)
        .filter_map(|part| {
            let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            let weight: f32 = weight.trim().parse().ok()?;
            Some((weight, tag.trim().parse().ok()?))
        })
        .filter(|(weight, _)| *weight > 0.0)
        .collect();
    accepted.sort_by(|a, b| b.0.total_cmp(&a.0));
    accepted.into_iter().map(|(_, locale)| locale).collect()
}

fn shown(text: &str) -> String {
    text.chars().take(MAX_SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use model::{
        channels::{CaptureMode, DeliveryTaxMode, TaxRounding},
        ids::{ChannelId, StockLocationId},
    };

    use super::*;

    fn settings() -> Settings {
        let channel = |slug: &str, currencies: &[&str], locales: &[&str], countries: &[&str]| {
            Arc::new(Channel {
                id: ChannelId::new(),
                version: 1,
                slug: slug.parse().unwrap(),
                name: slug.to_owned(),
                translations: model::Translations::new(),
                prices_include_tax: true,
                currencies: currencies.iter().map(|code| code.parse().unwrap()).collect(),
                locales: locales.iter().map(|tag| tag.parse().unwrap()).collect(),
                countries: countries.iter().map(|code| code.parse().unwrap()).collect(),
                locations: vec![StockLocationId::new()],
                capture_mode: CaptureMode::Manual,
                transfer_hold_hours: Channel::TRANSFER_HOLD_HOURS,
                return_origins: Vec::new(),
                delivery_tax_mode: DeliveryTaxMode::default(),
                tax_rounding: TaxRounding::default(),
                is_default: slug == "eu",
                archived_at: (slug == "old").then_some(model::Timestamp::UNIX_EPOCH),
            })
        };
        let channels = vec![
            channel("ch", &["CHF", "EUR"], &["de", "fr"], &["CH"]),
            channel("eu", &["EUR"], &["en", "de", "fr"], &["DE", "FR"]),
            channel("old", &["EUR"], &["en"], &["DE"]),
        ];
        Settings { channels, ..Settings::default() }
    }

    fn seen(query: &str, headers: &[(&'static str, &'static str)]) -> Result<String, ContextError> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let context = resolve(&settings(), Some(query), &headers)?;
        let locales: Vec<&str> = context.locales.iter().map(Locale::as_str).collect();
        Ok(format!("{} {} {} {}", context.channel.slug, context.currency, context.country, locales.join(">")))
    }

    #[test]
    fn the_url_overrides_headers_and_headers_override_defaults() {
        let headers = [("mercator-channel", "ch"), ("mercator-currency", "EUR"), ("mercator-country", "LI")];
        assert_eq!(seen("", &[]).unwrap(), "eu EUR DE en");
        assert_eq!(seen("", &headers).unwrap(), "ch EUR LI de");
        assert_eq!(seen("channel=eu&country=FR&query=%7Ba%7D", &headers).unwrap(), "eu EUR FR en");
        assert_eq!(seen("channel=ch&locale=fr-CH", &[("accept-language", "de")]).unwrap(), "ch CHF CH fr>de");
    }

    #[test]
    fn an_unknown_language_falls_back_to_an_accepted_one() {
        assert_eq!(seen("locale=tlh", &[]).unwrap(), "eu EUR DE en");
        assert_eq!(seen("", &[("accept-language", "es, fr;q=0.5, de-AT;q=0.8, *;q=0.1")]).unwrap(), "eu EUR DE de>en");
    }

    #[test]
    fn unknown_channels_currencies_and_countries_are_rejected() {
        assert_eq!(seen("channel=mars", &[]), Err(ContextError::UnknownChannel("mars".to_owned())));
        assert_eq!(seen("channel=old", &[]), Err(ContextError::UnknownChannel("old".to_owned())));
        assert_eq!(seen("country=XX", &[]), Err(ContextError::UnknownCountry("XX".to_owned())));
        let rejected = seen("channel=ch&currency=USD", &[]).unwrap_err().to_string();
        assert_eq!(rejected, "the channel `ch` does not sell in `USD`; it sells in CHF, EUR");
        assert_eq!(resolve(&Settings::default(), None, &HeaderMap::new()).unwrap_err(), ContextError::NoChannel);
    }
}
