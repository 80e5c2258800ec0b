//! Lists of active carts for staff, sorted by the time of the last write. The day of that time comes first in the order,
//! because it is the part that has an index.

use std::collections::HashMap;

use diesel::{
    dsl::sql,
    pg::Pg,
    prelude::*,
    sql_types::{Bool, Date, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    Direction, Money, Page, PageRequest, Timestamp,
    cart::{Cart, CartCursor, CartFilter, CartRecord},
    ids::{CartRecordId, ChannelId},
};
use uuid::Uuid;

use super::{Row, carts};
use crate::{Conn, StoreResult};

type Query<'a> = carts::BoxedQuery<'a, Pg>;
type Condition = Box<dyn BoxableExpression<carts::table, Pg, SqlType = Bool>>;

#[derive(Queryable, Selectable)]
#[diesel(table_name = carts, check_for_backend(Pg))]
struct RecordRow {
    record_id: Uuid,
    subtotal: Option<i64>,
    #[diesel(embed)]
    cart: Row,
}

/// A page of active carts that have not expired.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn list(
    conn: &mut Conn,
    filter: &CartFilter,
    direction: Direction,
    page: &PageRequest<CartCursor>,
    now: Timestamp,
) -> StoreResult<Page<CartRecord>> {
    let is_ascending = direction == page.direction;
    let mut query = filtered(filter, now).limit(page.limit());
    if let Some(cursor) = page.cursor {
        let day = cursor.at.date_naive();
        query = if is_ascending {
            query.filter(carts::updated_on.ge(day))
        } else {
            query.filter(carts::updated_on.le(day))
        };
        query = query.filter(beyond(cursor, is_ascending));
    }
    let query = if is_ascending {
        query.order((carts::updated_on.asc(), carts::updated_at.asc(), carts::record_id.asc()))
    } else {
        query.order((carts::updated_on.desc(), carts::updated_at.desc(), carts::record_id.desc()))
    };
    let rows: Vec<RecordRow> = query.select(RecordRow::as_select()).load(conn).await?;
    Ok(Page::from_rows(page, rows.into_iter().map(restore).collect::<StoreResult<_>>()?))
}

/// The number of active carts that have not expired.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn count(conn: &mut Conn, filter: &CartFilter, now: Timestamp) -> StoreResult<i64> {
    Ok(filtered(filter, now).count().get_result(conn).await?)
}

/// Active carts that have not expired, by their ids for staff; absent ones are omitted.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn records_by_ids(
    conn: &mut Conn,
    ids: &[CartRecordId],
    now: Timestamp,
) -> StoreResult<HashMap<CartRecordId, CartRecord>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let query = active(now).filter(carts::record_id.eq_any(ids));
    let rows: Vec<RecordRow> = query.select(RecordRow::as_select()).load(conn).await?;
    rows.into_iter().map(|row| restore(row).map(|record| (record.id, record))).collect()
}

fn active<'a>(now: Timestamp) -> Query<'a> {
    // The literal lets the planner use the partial indexes also in a generic plan.
    carts::table.filter(sql::<Bool>("carts.status = 'ACTIVE'")).filter(carts::expires_at.gt(now)).into_boxed()
}

fn filtered(filter: &CartFilter, now: Timestamp) -> Query<'_> {
    let mut query = active(now);
    if let Some(customer) = filter.customer {
        query = query.filter(carts::customer_id.eq(customer.uuid()));
    }
    if let Some(email) = &filter.email {
        query = query.filter(carts::email.eq(email));
    }
    match filter.channels.as_deref() {
        None => {}
        // An index on channel and day serves one channel in order.
        Some([channel]) => query = query.filter(carts::channel_id.eq(channel.uuid())),
        Some(channels) => {
            let channels: Vec<Uuid> = channels.iter().copied().map(ChannelId::uuid).collect();
            query = query.filter(carts::channel_id.eq_any(channels));
        }
    }
    if let Some(after) = filter.updated_after {
        query = query.filter(carts::updated_on.ge(after.date_naive())).filter(carts::updated_at.ge(after));
    }
    if let Some(before) = filter.updated_before {
        query = query.filter(carts::updated_on.le(before.date_naive())).filter(carts::updated_at.lt(before));
    }
    if let Some(minimums) = &filter.minimum_subtotals {
        query = query.filter(costs_at_least(minimums));
    }
    match filter.has_email {
        None => query,
        Some(true) => query.filter(carts::email.is_not_null()),
        Some(false) => query.filter(carts::email.is_null()),
    }
}

/// Matches carts whose subtotal is at least the amount in their currency.
fn costs_at_least(minimums: &[Money]) -> Condition {
    let mut is_enough: Condition = Box::new(sql::<Bool>("FALSE"));
    for minimum in minimums {
        let in_currency = carts::currency
            .eq(minimum.currency.code())
            .and(carts::subtotal.is_not_null())
            .and(carts::subtotal.assume_not_null().ge(minimum.minor));
        is_enough = Box::new(is_enough.or(in_currency));
    }
    is_enough
}

/// Matches carts after the cursor in the order of reading.
fn beyond(cursor: CartCursor, is_ascending: bool) -> Condition {
    let start = if is_ascending {
        "(carts.updated_on, carts.updated_at, carts.record_id) > ("
    } else {
        "(carts.updated_on, carts.updated_at, carts.record_id) < ("
    };
    let compared = sql::<Bool>(start)
        .bind::<Date, _>(cursor.at.date_naive())
        .sql(", ")
        .bind::<Timestamptz, _>(cursor.at)
        .sql(", ")
        .bind::<SqlUuid, _>(cursor.id.uuid())
        .sql(")");
    Box::new(compared)
}

fn restore(row: RecordRow) -> StoreResult<CartRecord> {
    let RecordRow { record_id, subtotal, cart } = row;
    let cart = Cart::try_from(cart)?;
    let subtotal = subtotal.map(|minor| Money { minor, currency: cart.currency });
    Ok(CartRecord { id: CartRecordId::restore(record_id), cart, subtotal })
}
