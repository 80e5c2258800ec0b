//! Rows of delivery zones.

use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use model::{PostalCodeRange, Timestamp, ids::DeliveryZoneId, shipping::DeliveryZone};
use uuid::Uuid;

use super::delivery_zones;
use crate::{Conn, StoreError, StoreResult, json::Json};

/// The maximum number of zones; all of them are cached.
pub const MAX_ZONES: i64 = 1_000;

#[derive(Queryable, Selectable)]
#[diesel(table_name = delivery_zones, check_for_backend(Pg))]
struct Row {
    id: Uuid,
    version: i32,
    name: String,
    countries: Vec<String>,
    regions: Vec<String>,
    postal_codes: Json<Vec<PostalCodeRange>>,
}

/// All zones, oldest first.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn zones(conn: &mut Conn) -> StoreResult<Vec<DeliveryZone>> {
    let query = delivery_zones::table.select(Row::as_select()).order(delivery_zones::id).limit(MAX_ZONES);
    let rows: Vec<Row> = query.load(conn).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The number of zones.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn count_zones(conn: &mut Conn) -> StoreResult<i64> {
    Ok(delivery_zones::table.count().get_result(conn).await?)
}

/// Finds a zone and locks it until the end of the transaction.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock_zone(conn: &mut Conn, id: DeliveryZoneId) -> StoreResult<Option<DeliveryZone>> {
    let query = delivery_zones::table.find(id.uuid()).select(Row::as_select()).for_update();
    let row: Option<Row> = query.first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Inserts a zone.
///
/// # Errors
/// `delivery_zones_name_key` if the name is taken.
pub async fn insert_zone(conn: &mut Conn, zone: &DeliveryZone, now: Timestamp) -> StoreResult<()> {
    let values = (delivery_zones::id.eq(zone.id.uuid()), delivery_zones::created_at.eq(now), changes(zone, now));
    diesel::insert_into(delivery_zones::table).values(values).execute(conn).await?;
    Ok(())
}

/// Saves a zone.
///
/// # Errors
/// [`StoreError::NotFound`], or `delivery_zones_name_key` if the name is taken.
pub async fn save_zone(conn: &mut Conn, zone: &DeliveryZone, now: Timestamp) -> StoreResult<()> {
    let row = delivery_zones::table.find(zone.id.uuid());
    match diesel::update(row).set(changes(zone, now)).execute(conn).await? {
        0 => Err(StoreError::NotFound),
        _ => Ok(()),
    }
}

/// Deletes a zone.
///
/// # Errors
/// `delivery_methods_zone_id_fkey` if a method uses it.
pub async fn delete_zone(conn: &mut Conn, id: DeliveryZoneId) -> StoreResult<()> {
    diesel::delete(delivery_zones::table.find(id.uuid())).execute(conn).await?;
    Ok(())
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = delivery_zones)]
struct Changes<'a> {
    version: i32,
    name: &'a str,
    countries: Vec<&'static str>,
    regions: Vec<&'a str>,
    postal_codes: Json<&'a [PostalCodeRange]>,
    updated_at: Timestamp,
}

fn changes(zone: &DeliveryZone, now: Timestamp) -> Changes<'_> {
    Changes {
        version: zone.version,
        name: &zone.name,
        countries: zone.countries.iter().map(|country| country.code()).collect(),
        regions: zone.regions.iter().map(String::as_str).collect(),
        postal_codes: Json(&zone.postal_codes),
        updated_at: now,
    }
}

impl TryFrom<Row> for DeliveryZone {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        let countries = row.countries.iter().map(|code| code.parse().map_err(StoreError::corrupt));
        Ok(Self {
            id: DeliveryZoneId::restore(row.id),
            version: row.version,
            name: row.name,
            countries: countries.collect::<StoreResult<_>>()?,
            regions: row.regions,
            postal_codes: row.postal_codes.0,
        })
    }
}
