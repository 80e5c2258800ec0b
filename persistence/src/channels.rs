//! Channels and stock locations. A shop has few, so they are always read as a whole.

mod locations;
pub mod transfer_accounts;

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Timestamp, Translations,
    channels::Channel,
    ids::{ChannelId, StockLocationId},
};
use uuid::Uuid;

pub use locations::{insert_location, locations, lock_location, save_location};

use crate::{Conn, StoreError, StoreResult, json::Json};

diesel::table! {
    /// Stock locations.
    stock_locations (id) {
        /// The identifier.
        id -> Uuid,
        /// The number of writes.
        version -> Integer,
        /// The identifier used by other systems.
        slug -> Text,
        /// The name shown to staff.
        name -> Text,
        /// The ISO 3166-1 code of its country.
        country -> Text,
        /// The postal address.
        address -> Nullable<Jsonb>,
        /// False if its stock is not sold.
        is_active -> Bool,
        /// Time of creation.
        created_at -> Timestamptz,
        /// Time of the last write.
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// Channels.
    channels (id) {
        /// The identifier.
        id -> Uuid,
        /// The number of writes.
        version -> Integer,
        /// The identifier used by other systems and in URLs.
        slug -> Text,
        /// The name.
        name -> Text,
        /// Names in other languages.
        translations -> Jsonb,
        /// True if prices are entered and shown with tax.
        prices_include_tax -> Bool,
        /// Currency codes; the first is the default.
        currencies -> Array<Text>,
        /// Language tags; the first is the default.
        locales -> Array<Text>,
        /// Country codes; the first is the default.
        countries -> Array<Text>,
        /// AUTOMATIC or MANUAL.
        capture_mode -> Text,
        /// Hours for which an unpaid order by bank transfer reserves its stock.
        transfer_hold_hours -> Integer,
        /// Origins of return URLs.
        return_origins -> Array<Text>,
        /// True for the channel of requests that name none.
        is_default -> Bool,
        /// Time at which it was archived.
        archived_at -> Nullable<Timestamptz>,
        /// Time of creation.
        created_at -> Timestamptz,
        /// Time of the last write.
        updated_at -> Timestamptz,
        /// `STANDARD_RATE` or `PROPORTIONAL`.
        delivery_tax_mode -> Text,
        /// `PER_LINE` or `PER_TOTAL`.
        tax_rounding -> Text,
    }
}

diesel::table! {
    /// The stock locations of channels.
    channel_locations (channel_id, location_id) {
        /// The channel.
        channel_id -> Uuid,
        /// The location.
        location_id -> Uuid,
        /// The order of preference, from 0.
        position -> Integer,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = channels, check_for_backend(diesel::pg::Pg))]
struct ChannelRow {
    id: Uuid,
    version: i32,
    slug: String,
    name: String,
    translations: Json<Translations>,
    prices_include_tax: bool,
    currencies: Vec<String>,
    locales: Vec<String>,
    countries: Vec<String>,
    capture_mode: String,
    transfer_hold_hours: i32,
    return_origins: Vec<String>,
    delivery_tax_mode: String,
    tax_rounding: String,
    is_default: bool,
    archived_at: Option<Timestamp>,
}

/// All channels by slug, in two statements.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn list(conn: &mut Conn) -> StoreResult<Vec<Channel>> {
    let rows: Vec<ChannelRow> =
        channels::table.select(ChannelRow::as_select()).order(channels::slug).limit(1_000).load(conn).await?;
    let links: Vec<(Uuid, Uuid)> = channel_locations::table
        .select((channel_locations::channel_id, channel_locations::location_id))
        .order((channel_locations::channel_id, channel_locations::position))
        .limit(100_000)
        .load(conn)
        .await?;
    let mut locations: HashMap<Uuid, Vec<StockLocationId>> = HashMap::new();
    for (channel, location) in links {
        locations.entry(channel).or_default().push(StockLocationId::restore(location));
    }
    rows.into_iter()
        .map(|row| {
            let served_by = locations.remove(&row.id).unwrap_or_default();
            restore(row, served_by)
        })
        .collect()
}

/// Inserts a channel with its locations.
///
/// # Errors
/// `channels_slug_key`, `channels_is_default_key` or `channel_locations_location_id_fkey`.
pub async fn insert(conn: &mut Conn, channel: &Channel) -> StoreResult<()> {
    let values = (channels::id.eq(channel.id.uuid()), changes(channel));
    diesel::insert_into(channels::table).values(values).execute(conn).await?;
    insert_locations(conn, channel).await
}

/// Saves a channel and replaces its locations.
///
/// # Errors
/// [`StoreError::NotFound`], or an error of [`insert`].
pub async fn save(conn: &mut Conn, channel: &Channel, now: Timestamp) -> StoreResult<()> {
    let row = channels::table.find(channel.id.uuid());
    let written = diesel::update(row).set((changes(channel), channels::updated_at.eq(now))).execute(conn).await?;
    if written == 0 {
        return Err(StoreError::NotFound);
    }
    let old = channel_locations::table.filter(channel_locations::channel_id.eq(channel.id.uuid()));
    diesel::delete(old).execute(conn).await?;
    insert_locations(conn, channel).await
}

/// Locks a channel until the end of the transaction; `None` if it does not exist.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock(conn: &mut Conn, id: ChannelId) -> StoreResult<Option<ChannelId>> {
    let row = channels::table.find(id.uuid()).select(channels::id).for_update();
    Ok(row.first(conn).await.optional()?.map(ChannelId::restore))
}

/// Unmarks the default channel, so that another channel can become the default.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn clear_default(conn: &mut Conn) -> StoreResult<()> {
    let row = channels::table.filter(channels::is_default.eq(true));
    diesel::update(row).set(channels::is_default.eq(false)).execute(conn).await?;
    Ok(())
}

async fn insert_locations(conn: &mut Conn, channel: &Channel) -> StoreResult<()> {
    let rows: Vec<_> = (0_i32..)
        .zip(&channel.locations)
        .map(|(position, location)| {
            (
                channel_locations::channel_id.eq(channel.id.uuid()),
                channel_locations::location_id.eq(location.uuid()),
                channel_locations::position.eq(position),
            )
        })
        .collect();
    if !rows.is_empty() {
        diesel::insert_into(channel_locations::table).values(rows).execute(conn).await?;
    }
    Ok(())
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = channels, treat_none_as_null = true)]
struct Changes<'a> {
    version: i32,
    slug: &'a str,
    name: &'a str,
    translations: Json<&'a Translations>,
    prices_include_tax: bool,
    currencies: Vec<&'static str>,
    locales: Vec<&'a str>,
    countries: Vec<&'static str>,
    capture_mode: &'static str,
    transfer_hold_hours: i32,
    return_origins: Vec<String>,
    delivery_tax_mode: &'static str,
    tax_rounding: &'static str,
    is_default: bool,
    archived_at: Option<Timestamp>,
}

fn changes(channel: &Channel) -> Changes<'_> {
    Changes {
        version: channel.version,
        slug: channel.slug.as_str(),
        name: &channel.name,
        translations: Json(&channel.translations),
        prices_include_tax: channel.prices_include_tax,
        currencies: channel.currencies.iter().map(|currency| currency.code()).collect(),
        locales: channel.locales.iter().map(model::Locale::as_str).collect(),
        countries: channel.countries.iter().map(|country| country.code()).collect(),
        capture_mode: channel.capture_mode.into(),
        transfer_hold_hours: channel.transfer_hold_hours,
        return_origins: channel.return_origins.iter().map(ToString::to_string).collect(),
        delivery_tax_mode: channel.delivery_tax_mode.into(),
        tax_rounding: channel.tax_rounding.into(),
        is_default: channel.is_default,
        archived_at: channel.archived_at,
    }
}

fn restore(row: ChannelRow, locations: Vec<StockLocationId>) -> StoreResult<Channel> {
    Ok(Channel {
        id: ChannelId::restore(row.id),
        version: row.version,
        slug: row.slug.parse().map_err(StoreError::corrupt)?,
        name: row.name,
        translations: row.translations.0,
        prices_include_tax: row.prices_include_tax,
        currencies: parse_all(&row.currencies)?,
        locales: parse_all(&row.locales)?,
        countries: parse_all(&row.countries)?,
        locations,
        capture_mode: row.capture_mode.parse().map_err(StoreError::corrupt)?,
        transfer_hold_hours: row.transfer_hold_hours,
        return_origins: parse_all(&row.return_origins)?,
        delivery_tax_mode: row.delivery_tax_mode.parse().map_err(StoreError::corrupt)?,
        tax_rounding: row.tax_rounding.parse().map_err(StoreError::corrupt)?,
        is_default: row.is_default,
        archived_at: row.archived_at,
    })
}

fn parse_all<T: std::str::FromStr<Err: std::fmt::Display>>(texts: &[String]) -> StoreResult<Vec<T>> {
    texts.iter().map(|text| text.parse().map_err(StoreError::corrupt)).collect()
}
