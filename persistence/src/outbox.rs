//! The outbox: facts written in the transaction of the change, to be published in order.

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
    /// Facts that leave this database.
    outbox (id) {
        /// Identifier, sorts by time.
        id -> Uuid,
        /// The object whose events keep their order.
        aggregate -> Text,
        /// The fact.
        event -> Jsonb,
        /// When it was written.
        created_at -> Timestamptz,
        /// Its place in the published order.
        position -> Nullable<BigInt>,
        /// The order of insertion.
        sequence -> BigInt,
    }
}

diesel::table! {
    /// The last position given; one row.
    outbox_head (is_only) {
        /// Always true.
        is_only -> Bool,
        /// The position.
        position -> BigInt,
    }
}

/// A published fact.
#[derive(Debug, Clone)]
pub struct Published {
    /// Its place in the order.
    pub position: i64,
    /// The fact; none when this program does not know its kind, because a newer one wrote it.
    pub event: Option<DomainEvent>,
}

/// Facts that wait to be published.
#[derive(Debug, Clone, Copy, Default)]
pub struct Backlog {
    /// How many.
    pub count: i64,
    /// When the oldest of them was written.
    pub oldest: Option<Timestamp>,
}

/// Writes facts with the change they tell of, in one statement.
///
/// # Errors
/// [`StoreError`] of the database.
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

/// Writes facts that carry their ids, in one statement; those that are there already are left alone. For facts that
/// were kept elsewhere first and may be handed over twice.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn push_again(conn: &mut Conn, events: &[(EventId, DomainEvent)]) -> StoreResult<()> {
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

/// Gives positions to the oldest facts that have none, and says how many got one.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn publish(conn: &mut Conn, limit: i64) -> StoreResult<i64> {
    let numbered: Option<Numbered> = diesel::sql_query(include_str!("outbox/publish.sql"))
        .bind::<BigInt, _>(limit)
        .get_result(conn)
        .await
        .optional()?;
    Ok(numbered.map_or(0, |numbered| numbered.published))
}

/// The last position given.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn head(conn: &mut Conn) -> StoreResult<i64> {
    Ok(outbox_head::table.select(outbox_head::position).first(conn).await?)
}

/// The first position that is still kept; none when there is nothing.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn oldest(conn: &mut Conn) -> StoreResult<Option<i64>> {
    Ok(outbox::table.select(min(outbox::position)).first(conn).await?)
}

/// True if events after the position were removed, or if the database was restored from a backup that is older than the
/// position.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn is_gap(conn: &mut Conn, position: i64) -> StoreResult<bool> {
    let head = head(conn).await?;
    if head <= position {
        return Ok(head < position);
    }
    Ok(oldest(conn).await?.is_none_or(|oldest| oldest > position + 1))
}

/// The facts after a position, in their order.
///
/// # Errors
/// [`StoreError`] of the database.
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

/// What waits to be published.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn backlog(conn: &mut Conn) -> StoreResult<Backlog> {
    let waiting = outbox::table.filter(outbox::position.is_null());
    let (count, oldest) = waiting.select((count_star(), min(outbox::created_at))).first(conn).await?;
    Ok(Backlog { count, oldest })
}

/// Removes some published events that were written before a time, and returns how many. Events that a consumer has not
/// handled are kept until `unread_before`.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn sweep(conn: &mut Conn, before: Timestamp, unread_before: Timestamp, limit: i64) -> StoreResult<usize> {
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
