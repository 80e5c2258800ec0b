//! Maintenance of the database.

use diesel_async::RunQueryDsl;

use crate::{Conn, StoreResult};

/// Updates the planner statistics of all tables. Call it after a bulk import: until autovacuum does so, Postgres plans
/// for empty tables, and connections cache such plans.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn analyze(conn: &mut Conn) -> StoreResult<()> {
    diesel::sql_query("ANALYZE").execute(conn).await?;
    Ok(())
}
