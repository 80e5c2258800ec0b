//! The operators' side of the queue: inspect it, retry dead jobs, delete old ones. States are literals in the
//! statements, because the indexes are partial by state and a generic plan does not know bound values.

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

/// The number of jobs of a queue in a state, and the due time of the oldest.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Depth {
    /// The queue.
    pub queue: String,
    /// READY, RUNNING or DEAD.
    pub state: String,
    /// The number of jobs.
    pub count: i64,
    /// The due time of the oldest job.
    pub oldest: Option<Timestamp>,
}

/// A job whose last attempt failed.
#[derive(Debug, Clone)]
pub struct Dead {
    /// The identifier.
    pub id: JobId,
    /// The kind of work.
    pub kind: String,
    /// The number of attempts.
    pub attempts: i32,
    /// The error of the last attempt.
    pub last_error: Option<String>,
    /// Time of the last attempt.
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

/// The depth of each queue by state, without done jobs.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
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

/// Dead jobs, latest first.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn list_dead(conn: &mut Conn, limit: i64) -> StoreResult<Vec<Dead>> {
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

/// Makes one dead job, or all of them, due again with all attempts, and returns their number.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn retry_dead(conn: &mut Conn, only: Option<JobId>, now: Timestamp) -> StoreResult<usize> {
    Ok(diesel::sql_query(include_str!("retry.sql"))
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<SqlUuid>, _>(only.map(JobId::uuid))
        .execute(conn)
        .await?)
}

/// Deletes up to `limit` jobs that were done before a time and returns their number.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn delete_done(conn: &mut Conn, before: Timestamp, limit: i64) -> StoreResult<usize> {
    let old = jobs::table
        .filter(sql::<Bool>("state = 'DONE'").and(jobs::finished_at.lt(before)))
        .order(jobs::finished_at)
        .limit(limit)
        .select(jobs::id)
        .load::<Uuid>(conn)
        .await?;
    Ok(diesel::delete(jobs::table.filter(jobs::id.eq_any(old))).execute(conn).await?)
}
