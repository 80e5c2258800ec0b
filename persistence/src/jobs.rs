//! The queue: work to be done after a fact, written in the fact's transaction and done at least once.

mod watch;
mod work;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{Timestamp, ids::JobId};
use serde_json::Value;

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
    /// At most one unfinished job of a key; a second one is dropped.
    pub unique_key: Option<String>,
    /// When it is due.
    pub run_at: Timestamp,
    /// How often it is tried before it is dead.
    pub max_attempts: i32,
}

/// Writes jobs in one statement; those whose unique key is already waiting are dropped.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn enqueue(conn: &mut Conn, new: &[NewJob]) -> StoreResult<()> {
    if new.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = new
        .iter()
        .map(|job| {
            (
                jobs::id.eq(JobId::new().uuid()),
                jobs::queue.eq(job.queue),
                jobs::kind.eq(job.kind),
                jobs::payload.eq(&job.payload),
                jobs::unique_key.eq(job.unique_key.as_deref()),
                jobs::run_at.eq(job.run_at),
                jobs::max_attempts.eq(job.max_attempts),
            )
        })
        .collect();
    diesel::insert_into(jobs::table).values(rows).on_conflict_do_nothing().execute(conn).await?;
    Ok(())
}
