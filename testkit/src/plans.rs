//! The plans that Postgres executes for the statements of a store.

use diesel::{QueryableByName, sql_types::Text};
use diesel_async::RunQueryDsl as _;
use persistence::{Conn, Db};

/// Number of rows from which a table counts as large.
const LARGE: i64 = 10_000;

#[derive(QueryableByName)]
struct Scanned {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Runs statements and fails if one of them reads a large table from start to end, without an index. Analyze the tables
/// first, and use a connection without a transaction.
///
/// # Panics
/// If a large table is scanned, or the database returns an error.
pub async fn assert_no_sequential_scan<T>(conn: &mut Conn, what: &str, work: impl AsyncFnOnce(&mut Conn) -> T) -> T {
    begin(conn).await;
    let result = work(conn).await;
    end(conn, what).await;
    result
}

async fn begin(conn: &mut Conn) {
    // The workers of a parallel scan count for themselves.
    for statement in ["BEGIN", "SET LOCAL max_parallel_workers_per_gather = 0"] {
        diesel::sql_query(statement).execute(conn).await.unwrap();
    }
}

async fn end(conn: &mut Conn, what: &str) {
    let query = format!(
        "SELECT stat.relname::text AS name FROM pg_stat_xact_user_tables AS stat \
         JOIN pg_class AS relation ON relation.oid = stat.relid \
         WHERE stat.seq_scan > 0 AND relation.reltuples >= {LARGE} ORDER BY name"
    );
    let scanned: Vec<Scanned> = diesel::sql_query(query).load(conn).await.unwrap();
    diesel::sql_query("ROLLBACK").execute(conn).await.unwrap();
    let names: Vec<&str> = scanned.iter().map(|table| table.name.as_str()).collect();
    assert!(names.is_empty(), "{what} scans {names:?}");
}

/// The same for statements that take their connections from a pool, which must have one connection.
///
/// # Panics
/// If a large table is scanned, or the database returns an error.
pub async fn assert_db_uses_indexes<T>(db: &Db, what: &str, work: impl AsyncFnOnce() -> T) -> T {
    begin(&mut db.write().await.unwrap()).await;
    let result = work().await;
    end(&mut db.write().await.unwrap(), what).await;
    result
}
