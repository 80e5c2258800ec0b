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
    let applied = applied(&mut *db.read().await?).await?;
    let known = known()?;
    let unknown: Vec<String> =
        applied.iter().filter(|version| !known.iter().any(|(known, _)| known == *version)).cloned().collect();
    if !unknown.is_empty() {
        return Ok(SchemaState::Newer(unknown));
    }
    let pending = known.into_iter().filter(|(version, _)| !applied.contains(version));
    let names: Vec<String> = pending.map(|(_, name)| name).collect();
    Ok(if names.is_empty() { SchemaState::Current } else { SchemaState::Behind(names) })
}

#[derive(diesel::QueryableByName)]
struct Version {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

/// The versions of the migrations that ran; none in an empty database.
async fn applied(conn: &mut Conn) -> StoreResult<Vec<String>> {
    let table = diesel::dsl::sql::<diesel::sql_types::Bool>("to_regclass('__diesel_schema_migrations') IS NOT NULL");
    if !diesel::select(table).get_result::<bool>(conn).await? {
        return Ok(Vec::new());
    }
    let rows: Vec<Version> =
        diesel::sql_query("SELECT version FROM __diesel_schema_migrations ORDER BY version").load(conn).await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

/// Version and name of each migration of this program, in their order.
fn known() -> StoreResult<Vec<(String, String)>> {
    use diesel::{migration::MigrationSource, pg::Pg};
    let mut known: Vec<(String, String)> = MigrationSource::<Pg>::migrations(&MIGRATIONS)
        .map_err(internal)?
        .iter()
        .map(|migration| (migration.name().version().to_string(), migration.name().to_string()))
        .collect();
    known.sort();
    Ok(known)
}

/// The message for a schema of a newer program.
fn newer_schema(unknown: &[String]) -> String {
    format!("the database was migrated by a newer mercator ({}); run that version", unknown.join(", "))
}

fn unknown_versions(harness: &mut AsyncMigrationHarness<AsyncPgConnection>) -> StoreResult<Vec<String>> {
    let known = known()?;
    let applied = harness.applied_migrations().map_err(internal)?.into_iter().map(|version| version.to_string());
    Ok(applied.filter(|version| !known.iter().any(|(known, _)| known == version)).collect())
}

fn internal(error: impl std::fmt::Display) -> StoreError {
    StoreError::Internal(error.to_string())
}
