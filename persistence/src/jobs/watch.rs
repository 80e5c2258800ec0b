//! What operators do with the queue: look at it, try dead jobs again, forget the done ones. States stand in the text of
//! the statements, because the indexes are by state and no plan knows what will be bound.

use diesel::{
    dsl::{count_star, min, sql},
    prelude::*,
    sql_types::{Bool, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{Timestamp, ids::JobId};
use uuid::Uuid;

use super::jobs;
use crate::{Conn, StoreResult};

/// How many jobs of a queue are in a state, and since when the oldest of them is due.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Depth {
    /// The queue.
    pub queue: String,
    /// READY, RUNNING or DEAD.
    pub state: String,
    /// How many.
    pub count: i64,
    /// When the oldest was due.
    pub oldest: Option<Timestamp>,
}

/// A job that was given up.
#[derive(Debug, Clone)]
pub struct Dead {
    /// Identifier.
    pub id: JobId,
    /// What was to be done.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i32,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was given up.
    pub at: Option<Timestamp>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = jobs, check_for_backend(diesel::pg::Pg))]
struct DeadRow {
    id: Uuid,
    kind: String,
    attempts: i32,
    last_error: Option<String>,
    finished_at: Option<Timestamp>,
}

/// How deep each queue is, done jobs left out.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn depths(conn: &mut Conn) -> StoreResult<Vec<Depth>> {
    let depths = jobs::table
        .filter(sql::<Bool>("(state = 'READY' OR state = 'RUNNING' OR state = 'DEAD')"))
        .group_by((jobs::queue, jobs::state))
        .select((jobs::queue, jobs::state, count_star(), min(jobs::run_at)))
        .order((jobs::queue, jobs::state))
        .limit(1_000)
        .load(conn)
        .await?;
    Ok(depths)
}

/// The jobs that were given up last.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn dead(conn: &mut Conn, limit: i64) -> StoreResult<Vec<Dead>> {
    let rows: Vec<DeadRow> = jobs::table
        .filter(sql::<Bool>("state = 'DEAD'"))
        .order((jobs::finished_at.desc(), jobs::id.desc()))
        .limit(limit)
        .select(DeadRow::as_select())
        .load(conn)
        .await?;
    let dead = |row: DeadRow| Dead {
        id: JobId::restore(row.id),
        kind: row.kind,
        attempts: row.attempts,
        last_error: row.last_error,
        at: row.finished_at,
    };
    Ok(rows.into_iter().map(dead).collect())
}

/// Makes one dead job, or all of them, due again with all their tries; says how many.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn retry_dead(conn: &mut Conn, only: Option<JobId>, now: Timestamp) -> StoreResult<usize> {
    Ok(diesel::sql_query(include_str!("retry.sql"))
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<SqlUuid>, _>(only.map(JobId::uuid))
        .execute(conn)
        .await?)
}

/// Removes some jobs that were done before a time, and says how many.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn sweep(conn: &mut Conn, before: Timestamp, limit: i64) -> StoreResult<usize> {
    let old = jobs::table
        .filter(sql::<Bool>("state = 'DONE'").and(jobs::finished_at.lt(before)))
        .order(jobs::finished_at)
        .limit(limit)
        .select(jobs::id)
        .load::<Uuid>(conn)
        .await?;
    Ok(diesel::delete(jobs::table.filter(jobs::id.eq_any(old))).execute(conn).await?)
}
