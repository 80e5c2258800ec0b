//! The progress of the search index of each process.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::Timestamp;

use crate::{Conn, StoreResult};

diesel::table! {
    /// The progress of the search index of each process.
    search_indexes (process) {
        /// The machine and the process id.
        process -> Text,
        /// The position of the last event in the index.
        position -> BigInt,
        /// Time of the last successful update.
        updated_at -> Timestamptz,
        /// Time of this report.
        reported_at -> Timestamptz,
    }
}

/// The progress of the index of a process.
#[derive(Debug, Clone, Insertable, AsChangeset, Queryable, Selectable)]
#[diesel(table_name = search_indexes, check_for_backend(diesel::pg::Pg))]
pub struct Report {
    /// The machine and the process id.
    pub process: String,
    /// The position of the last event in the index.
    pub position: i64,
    /// Time of the last successful update.
    pub updated_at: Timestamp,
    /// Time of this report.
    pub reported_at: Timestamp,
}

/// Saves the report of a process, and deletes reports from before a time.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn save(conn: &mut Conn, report: &Report, before: Timestamp) -> StoreResult<()> {
    diesel::insert_into(search_indexes::table)
        .values(report)
        .on_conflict(search_indexes::process)
        .do_update()
        .set(report)
        .execute(conn)
        .await?;
    diesel::delete(search_indexes::table.filter(search_indexes::reported_at.lt(before))).execute(conn).await?;
    Ok(())
}

/// The reports since a time, at most 1,000, by process.
///
/// # Errors
/// [`crate::StoreError`] if the query fails.
pub async fn list(conn: &mut Conn, since: Timestamp) -> StoreResult<Vec<Report>> {
    let reports = search_indexes::table
        .filter(search_indexes::reported_at.ge(since))
        .order(search_indexes::process)
        .limit(1_000)
        .select(Report::as_select())
        .load(conn)
        .await?;
    Ok(reports)
}
