//! What Postgres knows of its tables when it plans.

use diesel_async::RunQueryDsl;

use crate::{Conn, StoreResult};

/// Has every table looked at again, after much was written at once: until Postgres does so by itself, it plans for
/// empty tables, and connections keep such plans.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn analyze(conn: &mut Conn) -> StoreResult<()> {
    diesel::sql_query("ANALYZE").execute(conn).await?;
    Ok(())
}
