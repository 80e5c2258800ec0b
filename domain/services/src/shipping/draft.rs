//! Applies the input of a delivery method.

use std::collections::BTreeMap;

use model::{
    Currency, Locale, Money, Patch, Slug,
    ids::{DeliveryZoneId, StockLocationId},
    settings::Settings,
    shipping::{DeliveryMethod, DeliveryPrice, RateBasis, RateRow, RateTable},
};

use super::rules::MethodRule;

/// The fields of a method that can change; absent ones keep their values.
#[derive(Debug, Clone, Default)]
pub struct MethodInput {
    /// The zone; required for a new method.
    pub zone: Option<DeliveryZoneId>,
    /// The name; required for a new method.
    pub name: Option<String>,
    /// All names in other languages.
    pub translations: Option<Vec<(Locale, String)>>,
    /// The fixed price as a decimal. A new method needs either a price or a table.
    pub price: Option<String>,
    /// The table of prices.
    pub rates: Option<TableInput>,
    /// The gross value of goods from which delivery is free, as a decimal.
    pub free_from: Patch<String>,
    /// The minimum number of days until delivery.
    pub min_days: Option<u16>,
    /// The maximum number of days until delivery.
    pub max_days: Option<u16>,
    /// The place in lists.
    pub position: Option<i32>,
    /// The slug or id of the stock location where the shopper picks the goods up.
    pub pickup_location: Patch<String>,
    /// All delivery profiles that the method carries.
    pub profiles: Option<Vec<String>>,
}

/// A table of prices; amounts are decimals in the currency of the method.
#[derive(Debug, Clone)]
pub struct TableInput {
    /// The property of the goods that decides.
    pub basis: RateBasis,
    /// Rows with ascending lower bounds.
    pub rows: Vec<RowInput>,
    /// The bound from which on the method does not carry the goods.
    pub below: Option<String>,
}

/// A row of a table of prices.
#[derive(Debug, Clone)]
pub struct RowInput {
    /// The lower bound: an amount, grams or units.
    pub from: String,
    /// The price.
    pub price: String,
}

/// Applies an input to a method.
///
/// # Errors
/// The first rule that the input breaks.
pub(super) fn apply(method: &mut DeliveryMethod, input: MethodInput, settings: &Settings) -> Result<(), MethodRule> {
    if let Some(zone) = input.zone {
        method.zone = settings.delivery_zone(zone).ok_or(MethodRule::ZoneNotFound)?.id;
    }
    if let Some(name) = input.name {
        name.trim().clone_into(&mut method.name);
    }
    if let Some(names) = input.translations {
        method.translations = translations(names)?;
    }
    match (input.price, input.rates) {
        (Some(_), Some(_)) => return Err(MethodRule::TwoPrices),
        (Some(price), None) => method.price = DeliveryPrice::Fixed(money(&price, method.currency, "price")?),
        (None, Some(rates)) => method.price = DeliveryPrice::Table(table(rates, method.currency)?),
        (None, None) => {}
    }
    let free_from = match input.free_from {
        Patch::Keep => Patch::Keep,
        Patch::Clear => Patch::Clear,
        Patch::Set(text) => Patch::Set(money(&text, method.currency, "freeFrom")?),
    };
    free_from.apply(&mut method.free_from);
    let (min, max) = method.estimated_days;
    method.estimated_days = (input.min_days.unwrap_or(min), input.max_days.unwrap_or(max));
    method.position = input.position.unwrap_or(method.position);
    match input.pickup_location {
        Patch::Keep => {}
        Patch::Clear => method.pickup_at = None,
        Patch::Set(reference) => method.pickup_at = Some(pickup(method, &reference, settings)?),
    }
    if let Some(profiles) = input.profiles {
        let parse = |(at, slug): (usize, &String)| match slug.parse::<Slug>() {
            Ok(profile) if !slug.contains('/') => Ok(profile),
            _ => Err(MethodRule::Profile { at }),
        };
        method.profiles = profiles.iter().enumerate().map(parse).collect::<Result<_, _>>()?;
    }
    Ok(method.check()?)
}

fn translations(names: Vec<(Locale, String)>) -> Result<BTreeMap<Locale, String>, MethodRule> {
    let mut translations = BTreeMap::new();
    for (at, (locale, name)) in names.into_iter().enumerate() {
        if translations.insert(locale, name.trim().to_owned()).is_some() {
            return Err(MethodRule::RepeatedLocale { at });
        }
    }
    Ok(translations)
}

fn table(input: TableInput, currency: Currency) -> Result<RateTable, MethodRule> {
    let TableInput { basis, rows, below } = input;
    let row = |(at, row): (usize, &RowInput)| {
        let from = bound(&row.from, basis, currency, &format!("rates.rows.{at}.from"))?;
        Ok(RateRow { from, price: money(&row.price, currency, &format!("rates.rows.{at}.price"))? })
    };
    let rows = rows.iter().enumerate().map(row).collect::<Result<_, MethodRule>>()?;
    let below = below.map(|text| bound(&text, basis, currency, "rates.below")).transpose()?;
    Ok(RateTable { basis, rows, below })
}

/// A bound of a table: minor units, grams or units.
fn bound(text: &str, basis: RateBasis, currency: Currency, path: &str) -> Result<i64, MethodRule> {
    match basis {
        RateBasis::Subtotal => money(text, currency, path).map(|amount| amount.minor),
        RateBasis::Weight | RateBasis::Quantity => {
            let message = "weights and quantities are whole numbers";
            text.parse().map_err(|_| MethodRule::Amount { path: path.to_owned(), message: message.to_owned() })
        }
    }
}

fn money(text: &str, currency: Currency, path: &str) -> Result<Money, MethodRule> {
    let refuse = |error: model::MoneyError| MethodRule::Amount { path: path.to_owned(), message: error.to_string() };
    Money::parse(text, currency).map_err(refuse)
}

/// The location of a pickup; it must supply the channel of the method.
fn pickup(method: &DeliveryMethod, reference: &str, settings: &Settings) -> Result<StockLocationId, MethodRule> {
    let found = match reference.parse() {
        Ok(id) => settings.location_by_id(id),
        Err(_) => settings.location(reference),
    };
    let location = found.ok_or(MethodRule::LocationNotFound)?;
    let channel = settings.channel_by_id(method.channel).ok_or(MethodRule::ChannelNotFound)?;
    if channel.locations.contains(&location.id) { Ok(location.id) } else { Err(MethodRule::LocationNotInChannel) }
}
