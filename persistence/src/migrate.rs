//! Runs the migrations of the Postgres schema; safe to call from several processes at once.

use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{Conn, Db, StoreError, StoreResult};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

/// The advisory lock that lets one process migrate at a time.
const LOCK: i64 = 0x6d65_7263_6174_6f72;

/// The state of the schema relative to this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaState {
    /// Exactly the migrations of this program have run.
    Current,
    /// These migrations have not run.
    Behind(Vec<String>),
    /// These migrations have run, but this program does not know them.
    Newer(Vec<String>),
}

/// Runs missing migrations and returns their names.
///
/// # Errors
/// [`StoreError::Internal`] if the schema is newer than this program or a migration fails.
pub async fn run(db: &Db) -> StoreResult<Vec<String>> {
    let mut conn = db.dedicated().await?;
    diesel::sql_query("SET statement_timeout = 0").execute(&mut conn).await?;
    diesel::select(pg_advisory_lock(LOCK)).execute(&mut conn).await?;
    tokio::task::spawn_blocking(move || run_locked(conn))
        .await
        .map_err(|error| StoreError::Internal(error.to_string()))?
}

diesel::define_sql_function! {
    /// Waits for an advisory lock of the session.
    fn pg_advisory_lock(key: diesel::sql_types::BigInt);
}

/// Closing the connection at the end releases the lock.
fn run_locked(conn: Conn) -> StoreResult<Vec<String>> {
    let mut harness = AsyncMigrationHarness::new(conn.into_inner());
    let unknown = unknown_versions(&mut harness)?;
    if !unknown.is_empty() {
        return Err(StoreError::Internal(newer_schema(&unknown)));
    }
    let ran = harness.run_pending_migrations(MIGRATIONS).map_err(internal)?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

/// Compares the schema with the migrations of this program.
///
/// # Errors
/// [`StoreError::Unavailable`] if Postgres does not answer.
pub async fn state(db: &Db) -> StoreResult<SchemaState> {
    let conn = db.dedicated().await?;
    let read = move || {
        let mut harness = AsyncMigrationHarness::new(conn.into_inner());
        let unknown = unknown_versions(&mut harness)?;
        if !unknown.is_empty() {
            return Ok(SchemaState::Newer(unknown));
        }
        let pending = harness.pending_migrations(MIGRATIONS).map_err(internal)?;
        let names: Vec<String> = pending.iter().map(|migration| migration.name().to_string()).collect();
        Ok(if names.is_empty() { SchemaState::Current } else { SchemaState::Behind(names) })
    };
    tokio::task::spawn_blocking(read).await.map_err(internal)?
}

/// The message for a schema of a newer program.
fn newer_schema(unknown: &[String]) -> String {
    format!("the database was migrated by a newer mercator ({}); run that version", unknown.join(", "))
}

fn unknown_versions(harness: &mut AsyncMigrationHarness<AsyncPgConnection>) -> StoreResult<Vec<String>> {
    use diesel::{migration::MigrationSource, pg::Pg};
    let known: Vec<String> = MigrationSource::<Pg>::migrations(&MIGRATIONS)
        .map_err(internal)?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    let applied = harness.applied_migrations().map_err(internal)?;
    Ok(applied.iter().map(ToString::to_string).filter(|version| !known.contains(version)).collect())
}

fn internal(error: impl std::fmt::Display) -> StoreError {
    StoreError::Internal(error.to_string())
}
