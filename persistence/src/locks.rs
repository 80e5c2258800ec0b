//! Advisory locks of Postgres: one process of many does something.

use diesel_async::RunQueryDsl;

use crate::{Conn, StoreResult};

/// The lock of the relay that publishes events.
pub const RELAY: i64 = 0x6d65_7263_7265_6c61;

diesel::define_sql_function! {
    /// Takes the session's advisory lock if it is free.
    fn pg_try_advisory_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool;
}

/// Takes a lock that is held until the connection closes; says whether it was free.
///
/// # Errors
/// [`crate::StoreError`] of the database.
pub async fn try_hold(conn: &mut Conn, lock: i64) -> StoreResult<bool> {
    Ok(diesel::select(pg_try_advisory_lock(lock)).get_result(conn).await?)
}
