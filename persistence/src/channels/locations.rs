//! Rows of stock locations.

use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use model::{Address, Timestamp, channels::StockLocation, ids::StockLocationId};
use uuid::Uuid;

use super::stock_locations;
use crate::{Conn, StoreError, StoreResult, json::Json};

#[derive(Queryable, Selectable)]
#[diesel(table_name = stock_locations, check_for_backend(Pg))]
struct Row {
    id: Uuid,
    version: i32,
    slug: String,
    name: String,
    country: String,
    address: Option<Json<Address>>,
    is_active: bool,
}

/// All stock locations by slug.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn locations(conn: &mut Conn) -> StoreResult<Vec<StockLocation>> {
    let query = stock_locations::table.select(Row::as_select()).order(stock_locations::slug).limit(10_000);
    let rows: Vec<Row> = query.load(conn).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Finds a stock location and locks it until the end of the transaction.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock_location(conn: &mut Conn, id: StockLocationId) -> StoreResult<Option<StockLocation>> {
    let query = stock_locations::table.find(id.uuid()).select(Row::as_select()).for_update();
    let row: Option<Row> = query.first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Inserts a stock location.
///
/// # Errors
/// `stock_locations_slug_key` if the slug is taken.
pub async fn insert_location(conn: &mut Conn, location: &StockLocation) -> StoreResult<()> {
    let values = (stock_locations::id.eq(location.id.uuid()), changes(location));
    diesel::insert_into(stock_locations::table).values(values).execute(conn).await?;
    Ok(())
}

/// Saves a stock location.
///
/// # Errors
/// [`StoreError::NotFound`], or `stock_locations_slug_key` if the slug is taken.
pub async fn save_location(conn: &mut Conn, location: &StockLocation, now: Timestamp) -> StoreResult<()> {
    let row = stock_locations::table.find(location.id.uuid());
    let values = (changes(location), stock_locations::updated_at.eq(now));
    match diesel::update(row).set(values).execute(conn).await? {
        0 => Err(StoreError::NotFound),
        _ => Ok(()),
    }
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = stock_locations, treat_none_as_null = true)]
struct Changes<'a> {
    version: i32,
    slug: &'a str,
    name: &'a str,
    country: &'static str,
    address: Option<Json<&'a Address>>,
    is_active: bool,
}

fn changes(location: &StockLocation) -> Changes<'_> {
    Changes {
        version: location.version,
        slug: location.slug.as_str(),
        name: &location.name,
        country: location.country.code(),
        address: location.address.as_ref().map(Json),
        is_active: location.is_active,
    }
}

impl TryFrom<Row> for StockLocation {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        Ok(Self {
            id: StockLocationId::restore(row.id),
            version: row.version,
            slug: row.slug.parse().map_err(StoreError::corrupt)?,
            name: row.name,
            country: row.country.parse().map_err(StoreError::corrupt)?,
            address: row.address.map(|Json(address)| address),
            is_active: row.is_active,
        })
    }
}
