//! The stored positions of event consumers.

use diesel::{dsl::min, prelude::*};
use diesel_async::RunQueryDsl;

use crate::{Conn, StoreResult};

diesel::table! {
    /// Features that react once per event.
    event_consumers (name) {
        /// Identifies the consumer.
        name -> Text,
        /// The position of the last event that it has handled.
        position -> BigInt,
        /// Number of times that events were removed before the consumer handled them.
        gaps -> Integer,
    }
}

/// The progress of a consumer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = event_consumers, check_for_backend(diesel::pg::Pg))]
pub struct ConsumerProgress {
    /// Identifies the consumer.
    pub name: String,
    /// The position of the last event that it has handled.
    pub position: i64,
    /// Number of times that events were removed before the consumer handled them.
    pub gaps: i32,
}

/// The position of a consumer; `None` if it has not started yet.
///
/// # Errors
/// [`crate::StoreError`] if the query fails.
pub async fn position(conn: &mut Conn, name: &str) -> StoreResult<Option<i64>> {
    Ok(event_consumers::table.find(name).select(event_consumers::position).first(conn).await.optional()?)
}

/// Starts a consumer at a position.
///
/// # Errors
/// [`crate::StoreError`] if the consumer exists or the statement fails.
pub async fn insert(conn: &mut Conn, name: &str, position: i64) -> StoreResult<()> {
    let row = (event_consumers::name.eq(name), event_consumers::position.eq(position));
    diesel::insert_into(event_consumers::table).values(row).execute(conn).await?;
    Ok(())
}

/// Moves a consumer to a position.
///
/// # Errors
/// [`crate::StoreError`] if the statement fails.
pub async fn save(conn: &mut Conn, name: &str, position: i64) -> StoreResult<()> {
    diesel::update(event_consumers::table.find(name)).set(event_consumers::position.eq(position)).execute(conn).await?;
    Ok(())
}

/// Moves a consumer to a position past events that are lost, and counts the gap.
///
/// # Errors
/// [`crate::StoreError`] if the statement fails.
pub async fn save_after_gap(conn: &mut Conn, name: &str, position: i64) -> StoreResult<()> {
    diesel::update(event_consumers::table.find(name))
        .set((event_consumers::position.eq(position), event_consumers::gaps.eq(event_consumers::gaps + 1)))
        .execute(conn)
        .await?;
    Ok(())
}

/// The progress of all consumers, by name.
///
/// # Errors
/// [`crate::StoreError`] if the query fails.
pub async fn list(conn: &mut Conn) -> StoreResult<Vec<ConsumerProgress>> {
    let all = event_consumers::table.order(event_consumers::name).limit(100);
    Ok(all.select(ConsumerProgress::as_select()).load(conn).await?)
}

/// The position up to which all consumers have handled the events; `None` without consumers.
///
/// # Errors
/// [`crate::StoreError`] if the query fails.
pub async fn lowest_position(conn: &mut Conn) -> StoreResult<Option<i64>> {
    Ok(event_consumers::table.select(min(event_consumers::position)).first(conn).await?)
}
