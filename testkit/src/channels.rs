//! The channels and stock locations of the demo shop.

use model::{
    channels::{Channel, StockLocation},
    fixtures,
    ids::StockLocationId,
    tax::{STANDARD_CLASS, TaxRate, TaxRule},
};
use persistence::{Db, channels, tax};

/// The channels and locations of a test.
pub struct TestChannels {
    /// EUR, prices include tax, locales en, de, fr; the default; locations berlin, lyon.
    pub eu: Channel,
    /// USD, prices exclude tax; location oakland.
    pub us: Channel,
    /// JPY, prices include tax; location osaka.
    pub jp: Channel,
    /// Stock locations in the order berlin, lyon, oakland, osaka.
    pub locations: Vec<StockLocation>,
}

/// Inserts the demo shop's channels and locations, and a tax rate of zero for each country.
///
/// # Panics
/// If the database returns an error.
pub async fn insert_channels(db: &Db) -> TestChannels {
    let locations: Vec<_> = [("berlin", "DE"), ("lyon", "FR"), ("oakland", "US"), ("osaka", "JP")].map(location).into();
    let ids: Vec<StockLocationId> = locations.iter().map(|location| location.id).collect();
    let channels = TestChannels {
        eu: channel("eu", "EUR", &["en", "de", "fr"], &["DE", "FR", "NL", "AT", "ES", "IT"], &ids[0..2]),
        us: Channel { prices_include_tax: false, ..channel("us", "USD", &["en"], &["US"], &ids[2..3]) },
        jp: channel("jp", "JPY", &["ja", "en"], &["JP"], &ids[3..4]),
        locations,
    };
    let mut conn = db.write().await.unwrap();
    for location in &channels.locations {
        channels::insert_location(&mut conn, location).await.unwrap();
    }
    for channel in [&channels.eu, &channels.us, &channels.jp] {
        channels::insert(&mut conn, channel).await.unwrap();
    }
    tax::upsert(&mut conn, &zero_rates(&channels)).await.unwrap();
    channels
}

/// A rate of zero for each country of a channel, because goods without a rate cannot be sold.
fn zero_rates(channels: &TestChannels) -> Vec<TaxRule> {
    let countries = [&channels.eu, &channels.us, &channels.jp].into_iter().flat_map(|channel| &channel.countries);
    countries.map(|country| TaxRule::new(*country, STANDARD_CLASS, "No tax", TaxRate::ZERO)).collect()
}

fn location((slug, country): (&str, &str)) -> StockLocation {
    fixtures::stock_location(slug.parse().unwrap(), country.parse().unwrap())
}

fn channel(slug: &str, currency: &str, locales: &[&str], countries: &[&str], locations: &[StockLocationId]) -> Channel {
    Channel {
        name: slug.to_uppercase(),
        currencies: vec![currency.parse().unwrap()],
        locales: locales.iter().map(|tag| tag.parse().unwrap()).collect(),
        countries: countries.iter().map(|code| code.parse().unwrap()).collect(),
        locations: locations.to_vec(),
        return_origins: vec!["https://shop.example".parse().unwrap()],
        is_default: slug == "eu",
        ..fixtures::channel(slug.parse().unwrap())
    }
}
