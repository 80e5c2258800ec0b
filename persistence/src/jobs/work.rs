//! What workers do with the queue: take, renew, finish, give back, bury.

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

/// A job that this worker has until its lease ends.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Identifier.
    pub id: JobId,
    /// The queue it came from.
    pub queue: String,
    /// What to do.
    pub kind: String,
    /// With what.
    pub payload: Value,
    /// Which try this is, from 1. It also fences: a worker that lost its lease cannot finish a later try.
    pub attempt: i32,
    /// How often it is tried before it is dead.
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

/// Takes up to `limit` due jobs of the queues (of all, for none), in one statement and without waiting for others. They
/// are this worker's for the time of the lease.
///
/// # Errors
/// [`crate::StoreError`] of the database.
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

/// Renews the leases of running jobs: from now on for this time.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn renew(conn: &mut Conn, running: &[JobId], lease: Duration) -> StoreResult<()> {
    let ids: Vec<Uuid> = running.iter().map(|id| id.uuid()).collect();
    let query = diesel::sql_query(include_str!("renew.sql"))
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Double, _>(lease.as_secs_f64());
    query.execute(conn).await?;
    Ok(())
}

/// Marks a job as done; one that was wanted again while it ran waits once more.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn finish(conn: &mut Conn, job: &Claimed, now: Timestamp) -> StoreResult<()> {
    let query = diesel::sql_query(include_str!("finish.sql"))
        .bind::<SqlUuid, _>(job.id.uuid())
        .bind::<Integer, _>(job.attempt)
        .bind::<Timestamptz, _>(now);
    query.execute(conn).await?;
    Ok(())
}

/// Gives a job back to be tried again at `run_at`, and says why.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn retry_later(conn: &mut Conn, job: &Claimed, run_at: Timestamp, error: &str) -> StoreResult<()> {
    give_back(conn, job, job.attempt, run_at, Some(error)).await
}

/// Gives a job back to be run at `run_at`, as if this try had not been.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn postpone(conn: &mut Conn, job: &Claimed, run_at: Timestamp) -> StoreResult<()> {
    give_back(conn, job, job.attempt - 1, run_at, None).await
}

async fn give_back(
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

/// Gives a job up; it stays among the dead ones until somebody looks. One that was wanted again while it ran waits once
/// more.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn bury(conn: &mut Conn, job: &Claimed, now: Timestamp, error: &str) -> StoreResult<()> {
    let query = diesel::sql_query(include_str!("bury.sql"))
        .bind::<SqlUuid, _>(job.id.uuid())
        .bind::<Integer, _>(job.attempt)
        .bind::<Timestamptz, _>(now)
        .bind::<Text, _>(error);
    query.execute(conn).await?;
    Ok(())
}

/// Gives back the jobs of workers that went away, due at once, and says how many.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn revive(conn: &mut Conn, now: Timestamp) -> StoreResult<usize> {
    Ok(diesel::sql_query(include_str!("revive.sql")).bind::<Timestamptz, _>(now).execute(conn).await?)
}
