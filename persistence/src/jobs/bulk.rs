//! Jobs that change many objects, with their progress. A row of the queue executes each; this table outlives that row.

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Array, BigInt, Bool, Integer, Jsonb, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use model::{
    Timestamp,
    catalog::{BulkJob, BulkJobError, BulkJobState},
    ids::JobId,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{Conn, StoreError, StoreResult, audit::RecordedAuthor};

diesel::table! {
    /// Jobs that change many objects.
    bulk_jobs (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// The kind of work.
        kind -> Text,
        /// The author, as in the audit log.
        actor -> Text,
        /// The network of the request.
        network -> Nullable<Text>,
        /// The change.
        input -> Jsonb,
        /// The objects in the order of the work.
        targets -> Array<Uuid>,
        /// The number of objects that are done.
        done -> Integer,
        /// The number of objects that could not be changed.
        failed -> Integer,
        /// The first errors.
        errors -> Jsonb,
        /// Time of the request.
        created_at -> Timestamptz,
        /// Time of the first attempt.
        started_at -> Nullable<Timestamptz>,
        /// Time at which all objects were done.
        finished_at -> Nullable<Timestamptz>,
    }
}

/// A job to insert.
#[derive(Debug, Clone)]
pub struct NewBulkJob {
    /// The identifier.
    pub id: JobId,
    /// The kind of work.
    pub kind: &'static str,
    /// The author of the job.
    pub author: RecordedAuthor,
    /// The change.
    pub input: Value,
    /// The objects in the order of the work.
    pub targets: Vec<Uuid>,
    /// Time of the request.
    pub created_at: Timestamp,
}

/// A job as its worker sees it.
#[derive(Debug, Clone)]
pub struct BulkWork {
    /// The author of the job.
    pub author: RecordedAuthor,
    /// The change.
    pub input: Value,
    /// The number of objects that are done.
    pub done: i32,
    /// True if all objects are done.
    pub is_finished: bool,
}

/// The objects of one step, and what became of them.
#[derive(Debug, Clone)]
pub struct BulkStep {
    /// The number of objects that were done before the step.
    pub from: i32,
    /// The number of objects that are done after it.
    pub to: i32,
    /// The objects that could not be changed.
    pub errors: Vec<BulkJobError>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Integer)]
    done: i32,
    #[diesel(sql_type = Integer)]
    total: i32,
    #[diesel(sql_type = Integer)]
    failed: i32,
    #[diesel(sql_type = Jsonb)]
    errors: Value,
    #[diesel(sql_type = Timestamptz)]
    created_at: Timestamp,
    #[diesel(sql_type = diesel::sql_types::Nullable<Timestamptz>)]
    started_at: Option<Timestamp>,
    #[diesel(sql_type = diesel::sql_types::Nullable<Timestamptz>)]
    finished_at: Option<Timestamp>,
    #[diesel(sql_type = Bool)]
    is_queued: bool,
}

/// Inserts a job; enqueue its execution in the same transaction.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn insert(mut conn: &Conn, new: NewBulkJob) -> StoreResult<()> {
    let NewBulkJob { id, kind, author, input, targets, created_at } = new;
    diesel::insert_into(bulk_jobs::table)
        .values((
            bulk_jobs::id.eq(id.uuid()),
            bulk_jobs::kind.eq(kind),
            bulk_jobs::actor.eq(author.actor),
            bulk_jobs::network.eq(author.network),
            bulk_jobs::input.eq(input),
            bulk_jobs::targets.eq(targets),
            bulk_jobs::created_at.eq(created_at),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// The progress of a job. `queue_key` is the unique key of its row in the queue: without an unfinished one, the job was
/// given up.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn find(conn: &mut Conn, id: JobId, queue_key: &str) -> StoreResult<Option<BulkJob>> {
    let row: Option<Row> = diesel::sql_query(include_str!("bulk_find.sql"))
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Text, _>(queue_key)
        .get_result(conn)
        .await
        .optional()?;
    row.map(|row| row.job(id)).transpose()
}

impl Row {
    fn job(self, id: JobId) -> StoreResult<BulkJob> {
        let state = match (self.finished_at, self.is_queued, self.started_at) {
            (Some(_), ..) => BulkJobState::Done,
            (None, false, _) => BulkJobState::Failed,
            (None, true, Some(_)) => BulkJobState::Running,
            (None, true, None) => BulkJobState::Queued,
        };
        Ok(BulkJob {
            id,
            state,
            done: self.done,
            total: self.total,
            failed: self.failed,
            errors: serde_json::from_value(self.errors).map_err(StoreError::corrupt)?,
            created_at: self.created_at,
            finished_at: self.finished_at,
        })
    }
}

/// Marks a job as started and returns its work; None if it does not exist.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn start(conn: &mut Conn, id: JobId, now: Timestamp) -> StoreResult<Option<BulkWork>> {
    type Columns = (String, Option<String>, Value, i32, Option<Timestamp>);
    let found: Option<Columns> = diesel::update(bulk_jobs::table.filter(bulk_jobs::id.eq(id.uuid())))
        .set(bulk_jobs::started_at.eq(sql("coalesce(started_at, ").bind::<Timestamptz, _>(now).sql(")")))
        .returning((bulk_jobs::actor, bulk_jobs::network, bulk_jobs::input, bulk_jobs::done, bulk_jobs::finished_at))
        .get_result(conn)
        .await
        .optional()?;
    Ok(found.map(|(actor, network, input, done, finished_at)| BulkWork {
        author: RecordedAuthor { actor, network },
        input,
        done,
        is_finished: finished_at.is_some(),
    }))
}

/// The next objects after the first `done` ones, at most `limit`.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn next_targets(conn: &mut Conn, id: JobId, done: i32, limit: i32) -> StoreResult<Vec<Uuid>> {
    #[derive(QueryableByName)]
    struct Slice {
        #[diesel(sql_type = Array<SqlUuid>)]
        targets: Vec<Uuid>,
    }
    let query = "SELECT coalesce(targets[$2 + 1:$2 + $3], '{}') AS targets FROM bulk_jobs WHERE id = $1";
    let slice: Option<Slice> = diesel::sql_query(query)
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Integer, _>(done)
        .bind::<Integer, _>(limit)
        .get_result(conn)
        .await
        .optional()?;
    Ok(slice.map(|slice| slice.targets).unwrap_or_default())
}

/// Records a step, unless another worker has recorded it already; false in that case. The first errors are kept.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn advance(conn: &mut Conn, id: JobId, step: &BulkStep) -> StoreResult<bool> {
    let failed = i32::try_from(step.errors.len()).map_err(StoreError::corrupt)?;
    let limit = i64::try_from(BulkJob::MAX_ERRORS).map_err(StoreError::corrupt)?;
    let updated = diesel::sql_query(include_str!("bulk_advance.sql"))
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Integer, _>(step.from)
        .bind::<Integer, _>(step.to)
        .bind::<Integer, _>(failed)
        .bind::<Jsonb, _>(serde_json::to_value(&step.errors).map_err(StoreError::corrupt)?)
        .bind::<BigInt, _>(limit)
        .execute(conn)
        .await?;
    Ok(updated == 1)
}

/// Marks a job as done.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn finish(conn: &mut Conn, id: JobId, now: Timestamp) -> StoreResult<()> {
    let open = bulk_jobs::table.filter(bulk_jobs::id.eq(id.uuid()).and(bulk_jobs::finished_at.is_null()));
    diesel::update(open).set(bulk_jobs::finished_at.eq(now)).execute(conn).await?;
    Ok(())
}

/// Deletes at most `limit` jobs that were done before a time and returns their number.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_finished(conn: &mut Conn, before: Timestamp, limit: i64) -> StoreResult<usize> {
    let old: Vec<Uuid> = bulk_jobs::table
        .filter(bulk_jobs::finished_at.lt(before))
        .order(bulk_jobs::finished_at)
        .limit(limit)
        .select(bulk_jobs::id)
        .load(conn)
        .await?;
    Ok(diesel::delete(bulk_jobs::table.filter(bulk_jobs::id.eq_any(old))).execute(conn).await?)
}
