//! The job queue. Jobs are inserted in the transaction that causes them and executed at least once.

pub mod bulk;
mod watch;
mod work;

use diesel::sql_types::{Array, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use model::{Timestamp, ids::JobId};
use serde_json::Value;
use uuid::Uuid;

pub use watch::{Dead, Depth, delete_done, depths, list_dead, retry_dead};
pub use work::{Claimed, claim, finish, mark_dead, postpone, release_expired, renew, retry_later};

use crate::{Conn, StoreResult};

diesel::table! {
    /// Jobs.
    jobs (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// The queue; workers may be limited to some queues.
        queue -> Text,
        /// The kind of work.
        kind -> Text,
        /// The input.
        payload -> Jsonb,
        /// At most one unfinished job exists per key.
        unique_key -> Nullable<Text>,
        /// READY, RUNNING, DONE or DEAD.
        state -> Text,
        /// The number of attempts.
        attempts -> Integer,
        /// The number of attempts before the job is dead.
        max_attempts -> Integer,
        /// Time at which it is due.
        run_at -> Timestamptz,
        /// Time at which the lease of its worker expires.
        leased_until -> Nullable<Timestamptz>,
        /// The error of the last attempt.
        last_error -> Nullable<Text>,
        /// Time of creation.
        created_at -> Timestamptz,
        /// Time at which it was done or became dead.
        finished_at -> Nullable<Timestamptz>,
        /// True if a job of the same key was enqueued while it was running.
        is_wanted_again -> Bool,
    }
}

/// A job to insert.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// The queue; workers may be limited to some queues.
    pub queue: &'static str,
    /// The kind of work.
    pub kind: &'static str,
    /// The input.
    pub payload: Value,
    /// At most one unfinished job exists per key: a second one is ignored if the first is waiting, and repeats it if it
    /// is running.
    pub unique_key: Option<String>,
    /// Time at which it is due.
    pub run_at: Timestamp,
    /// The number of attempts before the job is dead.
    pub max_attempts: i32,
}

/// Inserts jobs in one statement. A job whose key is already waiting is ignored. A job whose key is running makes it
/// run again, because the current run may not have read the latest data.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn enqueue(mut conn: &Conn, new: &[NewJob]) -> StoreResult<()> {
    if new.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = new.iter().map(|_| JobId::new().uuid()).collect();
    let queues: Vec<&str> = new.iter().map(|job| job.queue).collect();
    let kinds: Vec<&str> = new.iter().map(|job| job.kind).collect();
    let payloads: Vec<&Value> = new.iter().map(|job| &job.payload).collect();
    let keys: Vec<Option<&str>> = new.iter().map(|job| job.unique_key.as_deref()).collect();
    let due: Vec<Timestamp> = new.iter().map(|job| job.run_at).collect();
    let tries: Vec<i32> = new.iter().map(|job| job.max_attempts).collect();
    let query = diesel::sql_query(include_str!("jobs/enqueue.sql"))
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Text>, _>(queues)
        .bind::<Array<Text>, _>(kinds)
        .bind::<Array<Jsonb>, _>(payloads)
        .bind::<Array<Nullable<Text>>, _>(keys)
        .bind::<Array<Timestamptz>, _>(due)
        .bind::<Array<Integer>, _>(tries);
    query.execute(&mut conn).await?;
    Ok(())
}
