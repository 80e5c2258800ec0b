//! Channels, stock locations, and the context of a storefront request.

mod rules;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

pub use rules::ChannelRuleError;

use crate::{
    Country, Currency, Locale, Money, Slug, TaxedMoney,
    ids::{ChannelId, StockLocationId},
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

/// Whether the prices of a channel include tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceMode {
    /// Prices include tax.
    Gross,
    /// Tax is added to prices.
    Net,
}

impl PriceMode {
    /// The side of an amount that is compared with prices: gross or net.
    #[must_use]
    pub const fn pick(self, amount: TaxedMoney) -> Money {
        match self {
            Self::Gross => amount.gross,
            Self::Net => amount.net,
        }
    }
}

impl Channel {
    /// The price mode, from [`Channel::prices_include_tax`].
    #[must_use]
    pub const fn price_mode(&self) -> PriceMode {
        if self.prices_include_tax { PriceMode::Gross } else { PriceMode::Net }
    }

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
            locales: ["en-GB", "en", "de-AT"].map(locale).into(),
            ..crate::fixtures::channel("uk".parse().unwrap())
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
