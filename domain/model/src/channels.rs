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

    /// The locales to try for a wish, best first: the wish, its language, then the channel's default.
    #[must_use]
    pub fn locale_chain(&self, wish: Option<&Locale>) -> Vec<Locale> {
        let mut chain: Vec<Locale> = Vec::with_capacity(3);
        let offered = |tag: &str| self.locales.iter().find(|locale| locale.as_str() == tag).cloned();
        let wished = wish.and_then(|wish| offered(wish.as_str()));
        let language = wish.and_then(|wish| offered(wish.language()));
        for locale in wished.into_iter().chain(language).chain(self.locales.first().cloned()) {
            if !chain.contains(&locale) {
                chain.push(locale);
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
