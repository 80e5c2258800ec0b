//! The workers' side of the queue: claim, renew, finish, retry and mark as dead.

use std::time::Duration;

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Double, Integer, Jsonb, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{Timestamp, ids::JobId};
use serde_json::Value;
use uuid::Uuid;

use super::jobs;
use crate::{Conn, StoreResult};

/// A job that is leased to this worker.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The identifier.
    pub id: JobId,
    /// The queue.
    pub queue: String,
    /// The kind of work.
    pub kind: String,
    /// The input.
    pub payload: Value,
    /// The number of this attempt, from 1. A worker whose lease expired cannot finish a later attempt, because the
    /// numbers differ.
    pub attempt: i32,
    /// The number of attempts before the job is dead.
    pub max_attempts: i32,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    queue: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Jsonb)]
    payload: Value,
    #[diesel(sql_type = Integer)]
    attempts: i32,
    #[diesel(sql_type = Integer)]
    max_attempts: i32,
}

/// Leases up to `limit` due jobs of some queues (of all queues if none are given), in one statement, skipping jobs that
/// other workers are claiming.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn claim(
    conn: &mut Conn,
    queues: &[String],
    now: Timestamp,
    lease: Duration,
    limit: i64,
) -> StoreResult<Vec<Claimed>> {
    let rows: Vec<Row> = diesel::sql_query(include_str!("claim.sql"))
        .bind::<Array<Text>, _>(queues)
        .bind::<Timestamptz, _>(now)
        .bind::<Double, _>(lease.as_secs_f64())
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    let claimed = |row: Row| Claimed {
        id: JobId::restore(row.id),
        queue: row.queue,
        kind: row.kind,
        payload: row.payload,
        attempt: row.attempts,
        max_attempts: row.max_attempts,
    };
    Ok(rows.into_iter().map(claimed).collect())
}

/// Renews the leases of running jobs for a duration from now.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn renew(conn: &mut Conn, running: &[JobId], lease: Duration) -> StoreResult<()> {
    let ids: Vec<Uuid> = running.iter().map(|id| id.uuid()).collect();
    let query = diesel::sql_query(include_str!("renew.sql"))
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Double, _>(lease.as_secs_f64());
    query.execute(conn).await?;
    Ok(())
}

/// Marks a job as done; if it was enqueued again while it ran, it becomes ready again.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn finish(conn: &mut Conn, job: &Claimed, now: Timestamp) -> StoreResult<()> {
    let query = diesel::sql_query(include_str!("finish.sql"))
        .bind::<SqlUuid, _>(job.id.uuid())
        .bind::<Integer, _>(job.attempt)
        .bind::<Timestamptz, _>(now);
    query.execute(conn).await?;
    Ok(())
}

/// Schedules another attempt at `run_at` and stores the error.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn retry_later(conn: &mut Conn, job: &Claimed, run_at: Timestamp, error: &str) -> StoreResult<()> {
    reschedule(conn, job, job.attempt, run_at, Some(error)).await
}

/// Schedules the job at `run_at` without counting this attempt.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn postpone(conn: &mut Conn, job: &Claimed, run_at: Timestamp) -> StoreResult<()> {
    reschedule(conn, job, job.attempt - 1, run_at, None).await
}

async fn reschedule(
    conn: &mut Conn,
    job: &Claimed,
    attempts: i32,
    run_at: Timestamp,
    error: Option<&str>,
) -> StoreResult<()> {
    diesel::update(jobs::table.filter(jobs::id.eq(job.id.uuid())))
        .filter(jobs::state.eq("RUNNING").and(jobs::attempts.eq(job.attempt)))
        .set((
            jobs::state.eq("READY"),
            jobs::attempts.eq(attempts),
            jobs::run_at.eq(run_at),
            jobs::leased_until.eq(None::<Timestamp>),
            jobs::last_error.eq(error),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Marks a job as dead; it stays until an operator retries it. If it was enqueued again while it ran, it becomes ready
/// again.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn mark_dead(conn: &mut Conn, job: &Claimed, now: Timestamp, error: &str) -> StoreResult<()> {
    let query = diesel::sql_query(include_str!("mark_dead.sql"))
        .bind::<SqlUuid, _>(job.id.uuid())
        .bind::<Integer, _>(job.attempt)
        .bind::<Timestamptz, _>(now)
        .bind::<Text, _>(error);
    query.execute(conn).await?;
    Ok(())
}

/// Makes jobs whose lease expired ready again, due at once, and returns their number.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn release_expired(conn: &mut Conn, now: Timestamp) -> StoreResult<usize> {
    Ok(diesel::sql_query(include_str!("release_expired.sql")).bind::<Timestamptz, _>(now).execute(conn).await?)
}
