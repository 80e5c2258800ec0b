//! Rows of delivery methods.

use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use model::{
    Money, Timestamp, Translations,
    ids::{ChannelId, DeliveryMethodId, DeliveryZoneId, StockLocationId},
    shipping::{DeliveryMethod, DeliveryPrice, RateTable},
};
use uuid::Uuid;

use super::delivery_methods;
use crate::{Conn, StoreError, StoreResult, json::Json};

/// The maximum number of methods that are not archived; all of them are cached.
pub const MAX_METHODS: i64 = 5_000;

#[derive(Queryable, Selectable)]
#[diesel(table_name = delivery_methods, check_for_backend(Pg))]
struct Row {
    id: Uuid,
    version: i32,
    zone_id: Uuid,
    channel_id: Uuid,
    handle: String,
    title: String,
    translations: Json<Translations>,
    price: i64,
    rates: Option<Json<RateTable>>,
    free_from: Option<i64>,
    currency: String,
    min_days: i16,
    max_days: i16,
    position: i32,
    pickup_location_id: Option<Uuid>,
    profiles: Vec<String>,
    archived_at: Option<Timestamp>,
}

/// All methods that are not archived, by channel and in display order.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn methods(conn: &mut Conn) -> StoreResult<Vec<DeliveryMethod>> {
    let query = delivery_methods::table
        .select(Row::as_select())
        .filter(delivery_methods::archived_at.is_null())
        .order((delivery_methods::channel_id, delivery_methods::position, delivery_methods::id))
        .limit(MAX_METHODS);
    let rows: Vec<Row> = query.load(conn).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The number of methods that are not archived.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn count_methods(conn: &mut Conn) -> StoreResult<i64> {
    Ok(delivery_methods::table.filter(delivery_methods::archived_at.is_null()).count().get_result(conn).await?)
}

/// Finds a method, archived or not, and locks it until the end of the transaction.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock(conn: &mut Conn, id: DeliveryMethodId) -> StoreResult<Option<DeliveryMethod>> {
    let query = delivery_methods::table.find(id.uuid()).select(Row::as_select()).for_update();
    let row: Option<Row> = query.first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Inserts methods in one statement.
///
/// # Errors
/// `delivery_methods_handle_key` if the channel has a method with the handle, zone and currency of one of them;
/// `delivery_methods_zone_id_fkey` if a zone does not exist.
pub async fn insert<'a>(conn: &mut Conn, methods: &'a [DeliveryMethod], now: Timestamp) -> StoreResult<()> {
    let row = |method: &'a DeliveryMethod| {
        let id = delivery_methods::id.eq(method.id.uuid());
        Ok((id, delivery_methods::created_at.eq(now), changes(method, now)?))
    };
    let rows = methods.iter().map(row).collect::<StoreResult<Vec<_>>>()?;
    if !rows.is_empty() {
        diesel::insert_into(delivery_methods::table).values(rows).execute(conn).await?;
    }
    Ok(())
}

/// Saves a method.
///
/// # Errors
/// [`StoreError::NotFound`], or an error of [`insert`].
pub async fn save(conn: &mut Conn, method: &DeliveryMethod, now: Timestamp) -> StoreResult<()> {
    let row = delivery_methods::table.find(method.id.uuid());
    match diesel::update(row).set(changes(method, now)?).execute(conn).await? {
        0 => Err(StoreError::NotFound),
        _ => Ok(()),
    }
}

/// True if a zone has methods that are not archived.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn has_methods_in(conn: &mut Conn, zone: DeliveryZoneId) -> StoreResult<bool> {
    let live = delivery_methods::zone_id.eq(zone.uuid()).and(delivery_methods::archived_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(delivery_methods::table.filter(live))).get_result(conn).await?)
}

/// Deletes the archived methods of a zone; orders keep their own copy of what was bought.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_archived_in(conn: &mut Conn, zone: DeliveryZoneId) -> StoreResult<()> {
    let archived = delivery_methods::zone_id.eq(zone.uuid()).and(delivery_methods::archived_at.is_not_null());
    diesel::delete(delivery_methods::table.filter(archived)).execute(conn).await?;
    Ok(())
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = delivery_methods, treat_none_as_null = true)]
struct Changes<'a> {
    version: i32,
    zone_id: Uuid,
    channel_id: Uuid,
    handle: &'a str,
    title: &'a str,
    translations: Json<&'a Translations>,
    price: i64,
    rates: Option<Json<&'a RateTable>>,
    free_from: Option<i64>,
    currency: &'static str,
    min_days: i16,
    max_days: i16,
    position: i32,
    pickup_location_id: Option<Uuid>,
    profiles: Vec<&'a str>,
    archived_at: Option<Timestamp>,
    updated_at: Timestamp,
}

fn changes(method: &DeliveryMethod, now: Timestamp) -> StoreResult<Changes<'_>> {
    let (min_days, max_days) = method.estimated_days;
    let (price, rates) = match &method.price {
        DeliveryPrice::Fixed(price) => (price.minor, None),
        DeliveryPrice::Table(table) => {
            // As a slice, because diesel has a `first` of its own.
            let first =
                table.rows.as_slice().first().ok_or_else(|| StoreError::corrupt("a table of prices without rows"))?;
            (first.price.minor, Some(Json(table)))
        }
    };
    Ok(Changes {
        version: method.version,
        zone_id: method.zone.uuid(),
        channel_id: method.channel.uuid(),
        handle: &method.handle,
        title: &method.name,
        translations: Json(&method.translations),
        price,
        rates,
        free_from: method.free_from.map(|money| money.minor),
        currency: method.currency.code(),
        min_days: i16::try_from(min_days).map_err(StoreError::corrupt)?,
        max_days: i16::try_from(max_days).map_err(StoreError::corrupt)?,
        position: method.position,
        pickup_location_id: method.pickup_at.map(StockLocationId::uuid),
        profiles: method.profiles.iter().map(model::Slug::as_str).collect(),
        archived_at: method.archived_at,
        updated_at: now,
    })
}

impl TryFrom<Row> for DeliveryMethod {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        let currency = row.currency.parse().map_err(StoreError::corrupt)?;
        let days = |days: i16| u16::try_from(days).map_err(StoreError::corrupt);
        let profiles = row.profiles.iter().map(|slug| slug.parse().map_err(StoreError::corrupt));
        Ok(Self {
            id: DeliveryMethodId::restore(row.id),
            version: row.version,
            zone: DeliveryZoneId::restore(row.zone_id),
            channel: ChannelId::restore(row.channel_id),
            handle: row.handle,
            name: row.title,
            translations: row.translations.0,
            currency,
            price: match row.rates {
                Some(Json(table)) => DeliveryPrice::Table(table),
                None => DeliveryPrice::Fixed(Money::new(row.price, currency)),
            },
            free_from: row.free_from.map(|minor| Money::new(minor, currency)),
            estimated_days: (days(row.min_days)?, days(row.max_days)?),
            position: row.position,
            pickup_at: row.pickup_location_id.map(StockLocationId::restore),
            profiles: profiles.collect::<StoreResult<_>>()?,
            archived_at: row.archived_at,
        })
    }
}
