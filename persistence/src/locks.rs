//! Advisory locks of Postgres, for work that only one process may do.

use std::time::Duration;

use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;

use crate::{Conn, StoreResult};

/// The lock of the relay that publishes events.
pub const RELAY: i64 = 0x6d65_7263_7265_6c61;

diesel::define_sql_function! {
    /// Takes the transaction's advisory lock if it is free.
    fn pg_try_advisory_xact_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool;
}

diesel::define_sql_function! {
    /// A 64-bit hash of a text.
    fn hashtextextended(text: diesel::sql_types::Text, seed: diesel::sql_types::BigInt) -> diesel::sql_types::BigInt;
}

diesel::define_sql_function! {
    /// Takes an advisory lock of the session if it is free.
    fn pg_try_advisory_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool;
}

/// Takes a lock until the connection closes; false if another process holds it. The server closes the connection after
/// `silence` without statements, because a frozen process would otherwise never release the lock.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn try_hold(conn: &mut Conn, lock: i64, silence: Duration) -> StoreResult<bool> {
    diesel::sql_query("SELECT set_config('idle_session_timeout', $1, false)")
        .bind::<Text, _>(silence.as_millis().to_string())
        .execute(conn)
        .await?;
    Ok(diesel::select(pg_try_advisory_lock(lock)).get_result(conn).await?)
}

/// Takes a named lock until the end of the transaction; false if another transaction holds it.
///
/// # Errors
/// [`crate::StoreError`] if the query fails.
pub async fn try_lock(conn: &mut Conn, name: &str) -> StoreResult<bool> {
    Ok(diesel::select(pg_try_advisory_xact_lock(hashtextextended(name, 0_i64))).get_result(conn).await?)
}
