//! Channels (places of sale), stock locations, and the snapshot of settings that pricing reads.

mod rules;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use rules::ChannelRuleError;

use crate::{
    Country, Currency, Locale, Slug, Timestamp,
    ids::{ChannelId, StockLocationId},
    promotions::Promotion,
    shipping::DeliveryMethod,
    tax::TaxTable,
};

/// A place of sale with its assortment, currencies, locales and stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Identifier.
    pub id: ChannelId,
    /// What systems and URLs call it, such as `eu`.
    pub slug: Slug,
    /// What staff call it.
    pub name: String,
    /// Whether prices are entered and shown with tax.
    pub prices_include_tax: bool,
    /// Currencies sold in; the first is the default.
    pub currencies: Vec<Currency>,
    /// Languages of content; the first is the default and the end of every fallback.
    pub locales: Vec<Locale>,
    /// Countries delivered to; the first is the default.
    pub countries: Vec<Country>,
    /// Stock locations that serve the channel, in order of preference.
    pub locations: Vec<StockLocationId>,
    /// Whether money is captured when the order is placed or by staff later.
    pub capture_mode: CaptureMode,
    /// Whether requests that name no channel get this one.
    pub is_default: bool,
}

/// When the money of an authorised card is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CaptureMode {
    /// As soon as the order is placed.
    Automatic,
    /// When staff says so.
    Manual,
}

impl Channel {
    /// The currency of requests that name none.
    #[must_use]
    pub fn default_currency(&self) -> Currency {
        self.currencies.first().copied().unwrap_or(Currency::EUR)
    }

    /// The country of requests that name none.
    #[must_use]
    pub fn default_country(&self) -> Option<Country> {
        self.countries.first().copied()
    }

    /// The locales to try for a wish, best first: the wish, its language, then the channel's default. Who wishes nothing
    /// that is offered gets what a wish for the default gets.
    #[must_use]
    pub fn locale_chain(&self, wish: Option<&Locale>) -> Vec<Locale> {
        let offered = |tag: &str| self.locales.iter().find(|locale| locale.as_str() == tag);
        let best = |wish: &Locale| [offered(wish.as_str()), offered(wish.language())];
        let default = self.locales.first();
        let wished = wish.map(best).filter(|found| found.iter().any(Option::is_some));
        let found = wished.or_else(|| default.map(best)).into_iter().flatten().flatten();
        let mut chain: Vec<Locale> = Vec::with_capacity(3);
        for locale in found.chain(default) {
            if !chain.contains(locale) {
                chain.push(locale.clone());
            }
        }
        chain
    }
}

/// A place where stock is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLocation {
    /// Identifier.
    pub id: StockLocationId,
    /// What systems call it, such as `berlin`.
    pub slug: Slug,
    /// What staff call it.
    pub name: String,
    /// Where it is.
    pub country: Country,
}

/// All settings that pricing and checkout read, as one immutable snapshot: few, small, and cached whole in every
/// process. A change in any of them makes a new snapshot.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Channels, in a stable order.
    pub channels: Vec<Arc<Channel>>,
    /// Stock locations, in a stable order.
    pub locations: Vec<StockLocation>,
    /// Tax rates.
    pub taxes: TaxTable,
    /// Delivery methods of every channel, in display order.
    pub delivery_methods: Vec<DeliveryMethod>,
    /// Promotions that are not archived, highest priority first, then by id.
    pub promotions: Vec<Promotion>,
    /// How often settings had been written when the snapshot was read, or less.
    pub version: i64,
    /// When the snapshot was read.
    pub read_at: Option<Timestamp>,
}

impl Settings {
    /// The channel of a slug.
    #[must_use]
    pub fn channel(&self, slug: &str) -> Option<&Arc<Channel>> {
        self.channels.iter().find(|channel| channel.slug.as_str() == slug)
    }

    /// The channel of an id.
    #[must_use]
    pub fn channel_by_id(&self, id: ChannelId) -> Option<&Arc<Channel>> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    /// The channel of requests that name none.
    #[must_use]
    pub fn default_channel(&self) -> Option<&Arc<Channel>> {
        self.channels.iter().find(|channel| channel.is_default).or_else(|| self.channels.first())
    }

    /// The stock location of a slug.
    #[must_use]
    pub fn location(&self, slug: &str) -> Option<&StockLocation> {
        self.locations.iter().find(|location| location.slug.as_str() == slug)
    }
}

/// What a request is about, resolved from its URL, headers and the channel's defaults.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// The place of sale.
    pub channel: Arc<Channel>,
    /// Locales to try, best first; never empty for a channel that has one.
    pub locales: Vec<Locale>,
    /// The currency of prices.
    pub currency: Currency,
    /// Where the shopper is.
    pub country: Country,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wish_leads_to_the_languages_of_an_offered_one() {
        let locale = |tag: &str| -> Locale { tag.parse().unwrap() };
        let channel = Channel {
            id: ChannelId::new(),
            slug: "uk".parse().unwrap(),
            name: "UK".to_owned(),
            prices_include_tax: true,
            currencies: Vec::new(),
            locales: ["en-GB", "en", "de-AT"].map(locale).into(),
            countries: Vec::new(),
            locations: Vec::new(),
            capture_mode: CaptureMode::Automatic,
            is_default: true,
        };
        for (wish, expected) in [
            (None, vec!["en-GB", "en"]),
            (Some("fr"), vec!["en-GB", "en"]),
            (Some("en-GB"), vec!["en-GB", "en"]),
            (Some("en-AU"), vec!["en", "en-GB"]),
            (Some("de-AT"), vec!["de-AT", "en-GB"]),
        ] {
            let chain = channel.locale_chain(wish.map(locale).as_ref());
            assert_eq!(chain, expected.into_iter().map(locale).collect::<Vec<_>>(), "{wish:?}");
            assert!(channel.locales.iter().any(|offered| channel.locale_chain(Some(offered)) == chain), "{wish:?}");
        }
    }
}
