//! The queue: work to be done after a fact, written in the fact's transaction and done at least once.

mod watch;
mod work;

use diesel::sql_types::{Array, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use model::{Timestamp, ids::JobId};
use serde_json::Value;
use uuid::Uuid;

pub use watch::{Dead, Depth, dead, depths, retry_dead, sweep};
pub use work::{Claimed, bury, claim, finish, postpone, renew, retry_later, revive};

use crate::{Conn, StoreResult};

diesel::table! {
    /// Work that has to be done after a fact.
    jobs (id) {
        /// Identifier, sorts by time.
        id -> Uuid,
        /// Which workers take it.
        queue -> Text,
        /// What to do.
        kind -> Text,
        /// With what.
        payload -> Jsonb,
        /// At most one unfinished job of a key.
        unique_key -> Nullable<Text>,
        /// READY, RUNNING, DONE or DEAD.
        state -> Text,
        /// How often it was tried.
        attempts -> Integer,
        /// How often it is tried before it is dead.
        max_attempts -> Integer,
        /// When it is due.
        run_at -> Timestamptz,
        /// Until when a worker has it.
        leased_until -> Nullable<Timestamptz>,
        /// What went wrong last.
        last_error -> Nullable<Text>,
        /// When it was written.
        created_at -> Timestamptz,
        /// When it was done or given up.
        finished_at -> Nullable<Timestamptz>,
        /// Whether a job of its key was written while it was running.
        is_wanted_again -> Bool,
    }
}

/// A job to be written.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Which workers take it.
    pub queue: &'static str,
    /// What to do.
    pub kind: &'static str,
    /// With what.
    pub payload: Value,
    /// At most one unfinished job of a key; a second one is dropped, or has the running one run again.
    pub unique_key: Option<String>,
    /// When it is due.
    pub run_at: Timestamp,
    /// How often it is tried before it is dead.
    pub max_attempts: i32,
}

/// Writes jobs in one statement. One whose unique key is waiting already is dropped; one whose key is running has it run
/// again, because the run may not have seen what has changed.
///
/// # Errors
/// [`crate::StoreError`] of the database.
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
