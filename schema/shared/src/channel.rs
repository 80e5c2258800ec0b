//! The channel as both APIs show it.

use async_graphql::{ID, Object};
use model::channels::RequestContext;

use crate::{CountryCode, CurrencyCode, to_id};

/// The place of sale that was resolved for this request, with what was chosen in it.
pub struct Channel(pub RequestContext);

/// A place of sale with its assortment, currencies, locales and stock; the fields say what this request resolved to.
#[Object]
impl Channel {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.0.channel.id)
    }

    /// What URLs and systems call it, such as `eu`.
    fn slug(&self) -> &str {
        self.0.channel.slug.as_str()
    }

    /// What people call it.
    fn name(&self) -> &str {
        &self.0.channel.name
    }

    /// The currency of this request's prices.
    fn currency_code(&self) -> CurrencyCode {
        CurrencyCode(self.0.currency)
    }

    /// The language of this request's texts, a BCP 47 tag.
    fn locale(&self) -> &str {
        self.0.locales.first().map_or("en", model::Locale::as_str)
    }

    /// The country whose taxes and delivery this request sees.
    fn country_code(&self) -> CountryCode {
        CountryCode(self.0.country)
    }

    /// Whether prices are entered and shown with tax.
    fn prices_include_tax(&self) -> bool {
        self.0.channel.prices_include_tax
    }

    /// Every currency of the channel, the default first.
    fn available_currencies(&self) -> Vec<CurrencyCode> {
        self.0.channel.currencies.iter().copied().map(CurrencyCode).collect()
    }

    /// Every language of the channel as BCP 47 tags, the default first.
    fn available_locales(&self) -> Vec<&str> {
        self.0.channel.locales.iter().map(model::Locale::as_str).collect()
    }

    /// Every country the channel delivers to, the default first.
    fn available_countries(&self) -> Vec<CountryCode> {
        self.0.channel.countries.iter().copied().map(CountryCode).collect()
    }
}
