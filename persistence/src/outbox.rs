//! The outbox: domain events, inserted in the transaction of the change and published in order.

use diesel::{
    dsl::{count_star, min},
    prelude::*,
    sql_types::BigInt,
};
use diesel_async::RunQueryDsl;
use model::{Timestamp, events::DomainEvent, ids::EventId};
use serde_json::Value;

use crate::{Conn, StoreError, StoreResult, consumers};

diesel::table! {
    /// Domain events.
    outbox (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// The object of the event.
        aggregate -> Text,
        /// The event.
        event -> Jsonb,
        /// Time of creation.
        created_at -> Timestamptz,
        /// The position in the published order; null until published.
        position -> Nullable<BigInt>,
        /// The order of insertion.
        sequence -> BigInt,
    }
}

diesel::table! {
    /// The last published position; one row.
    outbox_head (is_only) {
        /// Always true; the table has one row.
        is_only -> Bool,
        /// The position.
        position -> BigInt,
    }
}

/// A published event.
#[derive(Debug, Clone)]
pub struct Published {
    /// The position in the order.
    pub position: i64,
    /// The event; `None` if a newer version of the program wrote a kind that this one does not know.
    pub event: Option<DomainEvent>,
}

/// The unpublished events.
#[derive(Debug, Clone, Copy, Default)]
pub struct Backlog {
    /// The number of events.
    pub count: i64,
    /// The time at which the oldest was inserted.
    pub oldest: Option<Timestamp>,
}

/// Inserts events in one statement. Call it in the transaction of the change.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn push(mut conn: &Conn, events: &[DomainEvent]) -> StoreResult<()> {
    let rows = events
        .iter()
        .map(|event| {
            let body = serde_json::to_value(event).map_err(StoreError::corrupt)?;
            Ok((outbox::id.eq(EventId::new().uuid()), outbox::aggregate.eq(event.aggregate()), outbox::event.eq(body)))
        })
        .collect::<StoreResult<Vec<_>>>()?;
    if !rows.is_empty() {
        diesel::insert_into(outbox::table).values(rows).execute(&mut conn).await?;
    }
    Ok(())
}

/// Inserts events that already have ids, in one statement, ignoring those that exist. For events that are stored in
/// documents first and may be transferred twice.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn push_once(conn: &mut Conn, events: &[(EventId, DomainEvent)]) -> StoreResult<()> {
    let rows = events
        .iter()
        .map(|(id, event)| {
            let body = serde_json::to_value(event).map_err(StoreError::corrupt)?;
            Ok((outbox::id.eq(id.uuid()), outbox::aggregate.eq(event.aggregate()), outbox::event.eq(body)))
        })
        .collect::<StoreResult<Vec<_>>>()?;
    if !rows.is_empty() {
        diesel::insert_into(outbox::table).values(rows).on_conflict_do_nothing().execute(conn).await?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Numbered {
    #[diesel(sql_type = BigInt)]
    published: i64,
}

/// Publishes up to `limit` of the oldest unpublished events by assigning positions, and returns their number.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn publish(conn: &mut Conn, limit: i64) -> StoreResult<i64> {
    let numbered: Option<Numbered> = diesel::sql_query(include_str!("outbox/publish.sql"))
        .bind::<BigInt, _>(limit)
        .get_result(conn)
        .await
        .optional()?;
    Ok(numbered.map_or(0, |numbered| numbered.published))
}

/// The last published position.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn head(conn: &mut Conn) -> StoreResult<i64> {
    Ok(outbox_head::table.select(outbox_head::position).first(conn).await?)
}

/// The first position that is still stored; `None` if there is none.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn oldest(conn: &mut Conn) -> StoreResult<Option<i64>> {
    Ok(outbox::table.select(min(outbox::position)).first(conn).await?)
}

/// True if events after the position were removed, or if the database was restored from a backup that is older than the
/// position.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn is_gap(conn: &mut Conn, position: i64) -> StoreResult<bool> {
    let head = head(conn).await?;
    if head <= position {
        return Ok(head < position);
    }
    Ok(oldest(conn).await?.is_none_or(|oldest| oldest > position + 1))
}

/// Published events after a position, in order.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn after(conn: &mut Conn, position: i64, limit: i64) -> StoreResult<Vec<Published>> {
    let rows: Vec<(Option<i64>, Value)> = outbox::table
        .filter(outbox::position.gt(position))
        .order(outbox::position)
        .limit(limit)
        .select((outbox::position, outbox::event))
        .load(conn)
        .await?;
    let published = |(position, event): (Option<i64>, Value)| {
        Some(Published { position: position?, event: serde_json::from_value(event).ok() })
    };
    Ok(rows.into_iter().filter_map(published).collect())
}

/// The number and age of unpublished events.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn backlog(conn: &mut Conn) -> StoreResult<Backlog> {
    let waiting = outbox::table.filter(outbox::position.is_null());
    let (count, oldest) = waiting.select((count_star(), min(outbox::created_at))).first(conn).await?;
    Ok(Backlog { count, oldest })
}

/// Removes some published events that were written before a time, and returns how many. Events that a consumer has not
/// handled are kept until `unread_before`.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_published(
    conn: &mut Conn,
    before: Timestamp,
    unread_before: Timestamp,
    limit: i64,
) -> StoreResult<usize> {
    // Without consumers every event counts as handled.
    let handled = consumers::lowest_position(conn).await?.unwrap_or(i64::MAX);
    let is_done = outbox::position.le(handled).or(outbox::created_at.lt(unread_before));
    let old = outbox::table
        .filter(outbox::position.is_not_null().and(outbox::created_at.lt(before)))
        .filter(is_done.assume_not_null())
        .order(outbox::created_at)
        .limit(limit)
        .select(outbox::id)
        .load::<uuid::Uuid>(conn)
        .await?;
    Ok(diesel::delete(outbox::table.filter(outbox::id.eq_any(old))).execute(conn).await?)
}
