//! A Postgres database per test, copied from a template that is prepared once.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    sync::mpsc,
    time::Duration,
};

use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use persistence::{Db, DbConfig, migrate};
use uuid::Uuid;

/// How long a test waits at its end for its database to be dropped.
const PATIENCE: Duration = Duration::from_secs(1);

/// A database that is dropped with the value.
pub struct TestDatabase {
    /// A pool on it.
    pub db: Db,
    /// Its address, for other processes.
    pub url: String,
    name: String,
}

impl TestDatabase {
    /// Makes a fresh, migrated database on the server of `TEST_DATABASE_URL`.
    ///
    /// # Panics
    /// When the variable is not set or the server cannot be reached.
    pub async fn new() -> Self {
        Self::prepared(migrations_hash(), async |url| {
            let db = Db::new(&DbConfig { max_connections: 1, ..DbConfig::new(url) }).unwrap();
            migrate::run(&db).await.unwrap();
        })
        .await
    }

    /// Makes a database as something left it: `prepare` gets the address of an empty one, once for each `version`, and
    /// closes its connections.
    ///
    /// # Panics
    /// When the variable is not set or the server cannot be reached.
    pub async fn prepared(version: u64, prepare: impl AsyncFnOnce(&str)) -> Self {
        let template = template(version, prepare).await;
        Self::create(&format!("TEMPLATE {template} STRATEGY FILE_COPY")).await
    }

    /// Makes a database without anything in it.
    ///
    /// # Panics
    /// When the variable is not set or the server cannot be reached.
    pub async fn empty() -> Self {
        Self::create("").await
    }

    async fn create(options: &str) -> Self {
        let name = format!("test_{}", Uuid::now_v7().simple());
        let mut admin = connect(&server_url()).await;
        run(&mut admin, &format!("CREATE DATABASE {name} {options}")).await.unwrap();
        let url = url_of(&name);
        let db = Db::new(&DbConfig { max_connections: 8, ..DbConfig::new(&url) }).unwrap();
        Self { db, url, name }
    }

    /// Runs a statement that nothing but a test would run.
    ///
    /// # Panics
    /// When the server refuses it.
    pub async fn execute(&self, statement: &str) {
        run(&mut connect(&self.url).await, statement).await.unwrap();
    }

    /// Cuts every connection to the database, as a restart of the server does.
    ///
    /// # Panics
    /// When the server cannot be reached.
    pub async fn cut_connections(&self) {
        let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", self.name);
        run(&mut connect(&server_url()).await, &cut).await.unwrap();
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        // A runtime of its own, because the test's may be going down; a database left behind harms nobody.
        let (dropped, wait) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let mut admin = AsyncPgConnection::establish(&server_url()).await.ok()?;
                run(&mut admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.ok()
            })?;
            dropped.send(()).ok()
        });
        // The server drops nothing while somebody has opened a connection and not said who they are; if that is a task of
        // the test's own thread, it goes on only when this does.
        let _ = wait.recv_timeout(PATIENCE);
    }
}

/// The template's name carries the version of what is in it, so that a changed one is a new one.
async fn template(version: u64, prepare: impl AsyncFnOnce(&str)) -> String {
    let name = format!("mercator_template_{version:016x}");
    let mut admin = connect(&server_url()).await;
    // One test process at a time makes the template; the others wait and find it.
    run(&mut admin, "SELECT pg_advisory_lock(7301001)").await.unwrap();
    let unfinished = format!("{name}_unfinished");
    if !exists(&mut admin, &name).await {
        run(&mut admin, &format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")).await.unwrap();
        run(&mut admin, &format!("CREATE DATABASE {unfinished}")).await.unwrap();
        prepare(&url_of(&unfinished)).await;
        run(&mut admin, &format!("ALTER DATABASE {unfinished} RENAME TO {name}")).await.unwrap();
    }
    name
}

fn migrations_hash() -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().join("up.sql")).collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files.iter().filter(|file| file.exists()) {
        (file, std::fs::read(file).unwrap()).hash(&mut hasher);
    }
    hasher.finish()
}

async fn exists(conn: &mut AsyncPgConnection, name: &str) -> bool {
    let query = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    run(conn, &query).await.unwrap() > 0
}

fn server_url() -> String {
    std::env::var("TEST_DATABASE_URL")
        .expect("TEST_DATABASE_URL names the Postgres server for tests; `make test` sets it")
}

/// The server's address with another database.
fn url_of(name: &str) -> String {
    let url = server_url();
    let base = url.rsplit_once('/').map_or(url.as_str(), |(base, _)| base);
    format!("{base}/{name}")
}

async fn connect(url: &str) -> AsyncPgConnection {
    AsyncPgConnection::establish(url).await.expect("the test database server answers")
}

async fn run(conn: &mut AsyncPgConnection, sql: &str) -> diesel::QueryResult<usize> {
    diesel::sql_query(sql).execute(conn).await
}
