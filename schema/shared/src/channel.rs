//! The channel of a request as both APIs show it.

use async_graphql::{ID, Object};
use model::channels::RequestContext;

use crate::{CountryCode, CurrencyCode, to_id};

/// The channel that a request resolved to, with the selected currency, language and country.
pub struct Channel(pub RequestContext);

/// A sales channel. Currency, language and country are those that the request resolved to.
#[Object]
impl Channel {
    /// Global id of the channel.
    fn id(&self) -> ID {
        to_id(self.0.channel.id)
    }

    /// Slug of the channel, such as `eu`.
    fn slug(&self) -> &str {
        self.0.channel.slug.as_str()
    }

    /// Name of the channel in the language of the request.
    fn name(&self) -> &str {
        self.0.channel.name_in(&self.0.locales)
    }

    /// Currency of the request's prices.
    fn currency_code(&self) -> CurrencyCode {
        CurrencyCode(self.0.currency)
    }

    /// Language of the request's texts as a BCP 47 tag.
    fn locale(&self) -> &str {
        self.0.locales.first().map_or("en", model::Locale::as_str)
    }

    /// Country that determines taxes and delivery for the request.
    fn country_code(&self) -> CountryCode {
        CountryCode(self.0.country)
    }

    /// True if prices are entered and shown with tax.
    fn prices_include_tax(&self) -> bool {
        self.0.channel.prices_include_tax
    }

    /// All currencies of the channel, the default first.
    fn available_currencies(&self) -> Vec<CurrencyCode> {
        self.0.channel.currencies.iter().copied().map(CurrencyCode).collect()
    }

    /// All languages of the channel as BCP 47 tags, the default first.
    fn available_locales(&self) -> Vec<&str> {
        self.0.channel.locales.iter().map(model::Locale::as_str).collect()
    }

    /// All countries that the channel delivers to, the default first.
    fn available_countries(&self) -> Vec<CountryCode> {
        self.0.channel.countries.iter().copied().map(CountryCode).collect()
    }
}
