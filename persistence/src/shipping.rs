//! Delivery methods. A shop has few, so they are always read as a whole.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{Money, ids::ChannelId, shipping::DeliveryMethod};
use uuid::Uuid;

use crate::{Conn, StoreError, StoreResult};

diesel::table! {
    /// Delivery methods.
    delivery_methods (id) {
        /// The identifier.
        id -> Uuid,
        /// The channel.
        channel_id -> Uuid,
        /// The identifier used by other systems.
        handle -> Text,
        /// The title shown to shoppers.
        title -> Text,
        /// The price in minor units.
        price -> BigInt,
        /// The gross value of goods from which delivery is free, in minor units; null if it is never free.
        free_from -> Nullable<BigInt>,
        /// The currency of both amounts.
        currency -> Text,
        /// Country codes of destinations.
        countries -> Array<Text>,
        /// The minimum number of days until delivery.
        min_days -> SmallInt,
        /// The maximum number of days until delivery.
        max_days -> SmallInt,
        /// True if the shopper collects the goods.
        is_pickup -> Bool,
        /// The position in lists.
        position -> Integer,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = delivery_methods, check_for_backend(diesel::pg::Pg))]
struct Row {
    channel_id: Uuid,
    handle: String,
    title: String,
    price: i64,
    free_from: Option<i64>,
    currency: String,
    countries: Vec<String>,
    min_days: i16,
    max_days: i16,
    is_pickup: bool,
}

/// All methods, in display order.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn methods(conn: &mut Conn) -> StoreResult<Vec<DeliveryMethod>> {
    let rows: Vec<Row> = delivery_methods::table
        .select(Row::as_select())
        .order((delivery_methods::channel_id, delivery_methods::position, delivery_methods::id))
        .limit(10_000)
        .load(conn)
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Inserts methods in display order, in one statement, replacing those of the same channel, handle and currency.
///
/// # Errors
/// `delivery_methods_channel_id_fkey` if a channel does not exist.
pub async fn upsert(conn: &mut Conn, methods: &[DeliveryMethod]) -> StoreResult<()> {
    use diesel::upsert::excluded;
    let rows = (0_i32..).zip(methods).map(row).collect::<StoreResult<Vec<_>>>()?;
    if rows.is_empty() {
        return Ok(());
    }
    diesel::insert_into(delivery_methods::table)
        .values(rows)
        .on_conflict((delivery_methods::channel_id, delivery_methods::handle, delivery_methods::currency))
        .do_update()
        .set((
            delivery_methods::title.eq(excluded(delivery_methods::title)),
            delivery_methods::price.eq(excluded(delivery_methods::price)),
            delivery_methods::free_from.eq(excluded(delivery_methods::free_from)),
            delivery_methods::countries.eq(excluded(delivery_methods::countries)),
            delivery_methods::min_days.eq(excluded(delivery_methods::min_days)),
            delivery_methods::max_days.eq(excluded(delivery_methods::max_days)),
            delivery_methods::is_pickup.eq(excluded(delivery_methods::is_pickup)),
            delivery_methods::position.eq(excluded(delivery_methods::position)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = delivery_methods)]
struct NewRow<'a> {
    id: Uuid,
    channel_id: Uuid,
    handle: &'a str,
    title: &'a str,
    price: i64,
    free_from: Option<i64>,
    currency: &'static str,
    countries: Vec<&'static str>,
    min_days: i16,
    max_days: i16,
    is_pickup: bool,
    position: i32,
}

fn row((position, method): (i32, &DeliveryMethod)) -> StoreResult<NewRow<'_>> {
    let (min_days, max_days) = method.estimated_days;
    Ok(NewRow {
        id: Uuid::now_v7(),
        channel_id: method.channel.uuid(),
        handle: &method.handle,
        title: &method.title,
        price: method.price.minor,
        free_from: method.free_from.map(|money| money.minor),
        currency: method.price.currency.code(),
        countries: method.countries.iter().map(|country| country.code()).collect(),
        min_days: i16::try_from(min_days).map_err(StoreError::corrupt)?,
        max_days: i16::try_from(max_days).map_err(StoreError::corrupt)?,
        is_pickup: method.is_pickup,
        position,
    })
}

impl TryFrom<Row> for DeliveryMethod {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        let currency = row.currency.parse().map_err(StoreError::corrupt)?;
        let days = |days: i16| u16::try_from(days).map_err(StoreError::corrupt);
        Ok(Self {
            channel: ChannelId::restore(row.channel_id),
            handle: row.handle,
            title: row.title,
            price: Money::new(row.price, currency),
            free_from: row.free_from.map(|minor| Money::new(minor, currency)),
            countries: row
                .countries
                .iter()
                .map(|code| code.parse().map_err(StoreError::corrupt))
                .collect::<StoreResult<_>>()?,
            estimated_days: (days(row.min_days)?, days(row.max_days)?),
            is_pickup: row.is_pickup,
        })
    }
}
