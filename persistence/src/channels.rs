//! Channels and stock locations: few rows, always read whole.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    channels::{CaptureMode, Channel, StockLocation},
    ids::{ChannelId, StockLocationId},
};
use uuid::Uuid;

use crate::{Conn, StoreError, StoreResult};

diesel::table! {
    /// Where stock is kept.
    stock_locations (id) {
        /// Identifier.
        id -> Uuid,
        /// What systems call it.
        slug -> Text,
        /// What staff call it.
        name -> Text,
        /// Two-letter code of the country it is in.
        country -> Text,
        /// Time of creation.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Places of sale.
    channels (id) {
        /// Identifier.
        id -> Uuid,
        /// What systems and URLs call it.
        slug -> Text,
        /// What staff call it.
        name -> Text,
        /// Whether prices are entered and shown with tax.
        prices_include_tax -> Bool,
        /// Currency codes, the default first.
        currencies -> Array<Text>,
        /// Language tags, the default first.
        locales -> Array<Text>,
        /// Country codes, the default first.
        countries -> Array<Text>,
        /// AUTOMATIC or MANUAL.
        capture_mode -> Text,
        /// Whether requests that name no channel get this one.
        is_default -> Bool,
        /// Time of creation.
        created_at -> Timestamptz,
        /// When it was last written.
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// Which locations serve a channel.
    channel_locations (channel_id, location_id) {
        /// The channel.
        channel_id -> Uuid,
        /// The location.
        location_id -> Uuid,
        /// Order of preference, from 0.
        position -> Integer,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = channels, check_for_backend(diesel::pg::Pg))]
struct ChannelRow {
    id: Uuid,
    slug: String,
    name: String,
    prices_include_tax: bool,
    currencies: Vec<String>,
    locales: Vec<String>,
    countries: Vec<String>,
    capture_mode: String,
    is_default: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = stock_locations, check_for_backend(diesel::pg::Pg))]
struct LocationRow {
    id: Uuid,
    slug: String,
    name: String,
    country: String,
}

/// Every channel by slug, in two statements; a shop has few.
///
/// # Errors
/// [`StoreError`] of the database.
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

/// Writes a new channel with its locations.
///
/// # Errors
/// `channels_slug_key`, `channels_is_default_key`, `channel_locations_location_id_fkey`, or [`StoreError`].
pub async fn insert(conn: &mut Conn, channel: &Channel) -> StoreResult<()> {
    let values = (channels::id.eq(channel.id.uuid()), changes(channel));
    diesel::insert_into(channels::table).values(values).execute(conn).await?;
    insert_locations(conn, channel).await
}

/// Writes a changed channel with its locations.
///
/// # Errors
/// [`StoreError::NotFound`], or what [`insert`] fails with.
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

/// Locks a channel until the transaction ends.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn lock(conn: &mut Conn, id: ChannelId) -> StoreResult<Option<ChannelId>> {
    let row = channels::table.find(id.uuid()).select(channels::id).for_update();
    Ok(row.first(conn).await.optional()?.map(ChannelId::restore))
}

/// Takes the mark of the default channel away from whichever has it, so that another may get it.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn clear_default(conn: &mut Conn) -> StoreResult<()> {
    let row = channels::table.filter(channels::is_default.eq(true));
    diesel::update(row).set(channels::is_default.eq(false)).execute(conn).await?;
    Ok(())
}

/// Every stock location by slug; a shop has few.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn locations(conn: &mut Conn) -> StoreResult<Vec<StockLocation>> {
    let rows: Vec<LocationRow> = stock_locations::table
        .select(LocationRow::as_select())
        .order(stock_locations::slug)
        .limit(10_000)
        .load(conn)
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Writes a new stock location.
///
/// # Errors
/// `stock_locations_slug_key`, or [`StoreError`].
pub async fn insert_location(conn: &mut Conn, location: &StockLocation) -> StoreResult<()> {
    let values = (
        stock_locations::id.eq(location.id.uuid()),
        stock_locations::slug.eq(location.slug.as_str()),
        stock_locations::name.eq(&location.name),
        stock_locations::country.eq(location.country.code()),
    );
    diesel::insert_into(stock_locations::table).values(values).execute(conn).await?;
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
#[diesel(table_name = channels)]
struct Changes<'a> {
    slug: &'a str,
    name: &'a str,
    prices_include_tax: bool,
    currencies: Vec<&'static str>,
    locales: Vec<&'a str>,
    countries: Vec<&'static str>,
    capture_mode: &'static str,
    is_default: bool,
}

fn changes(channel: &Channel) -> Changes<'_> {
    Changes {
        slug: channel.slug.as_str(),
        name: &channel.name,
        prices_include_tax: channel.prices_include_tax,
        currencies: channel.currencies.iter().map(|currency| currency.code()).collect(),
        locales: channel.locales.iter().map(model::Locale::as_str).collect(),
        countries: channel.countries.iter().map(|country| country.code()).collect(),
        capture_mode: match channel.capture_mode {
            CaptureMode::Automatic => "AUTOMATIC",
            CaptureMode::Manual => "MANUAL",
        },
        is_default: channel.is_default,
    }
}

fn restore(row: ChannelRow, locations: Vec<StockLocationId>) -> StoreResult<Channel> {
    Ok(Channel {
        id: ChannelId::restore(row.id),
        slug: row.slug.parse().map_err(StoreError::corrupt)?,
        name: row.name,
        prices_include_tax: row.prices_include_tax,
        currencies: parse_all(&row.currencies)?,
        locales: parse_all(&row.locales)?,
        countries: parse_all(&row.countries)?,
        locations,
        capture_mode: match row.capture_mode.as_str() {
            "AUTOMATIC" => CaptureMode::Automatic,
            "MANUAL" => CaptureMode::Manual,
            other => return Err(StoreError::corrupt(format!("capture mode {other}"))),
        },
        is_default: row.is_default,
    })
}

fn parse_all<T: std::str::FromStr<Err: std::fmt::Display>>(texts: &[String]) -> StoreResult<Vec<T>> {
    texts.iter().map(|text| text.parse().map_err(StoreError::corrupt)).collect()
}

impl TryFrom<LocationRow> for StockLocation {
    type Error = StoreError;
    fn try_from(row: LocationRow) -> StoreResult<Self> {
        Ok(Self {
            id: StockLocationId::restore(row.id),
            slug: row.slug.parse().map_err(StoreError::corrupt)?,
            name: row.name,
            country: row.country.parse().map_err(StoreError::corrupt)?,
        })
    }
}
