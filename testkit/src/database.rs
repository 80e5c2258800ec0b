//! One Postgres database per test, copied from a template that is prepared once.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    sync::mpsc,
    time::Duration,
};

use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use persistence::{Db, DbConfig, migrate};
use uuid::Uuid;

/// Time limit for dropping the database at the end of a test.
const PATIENCE: Duration = Duration::from_secs(1);

/// A database; dropping the value drops it.
pub struct TestDatabase {
    /// A connection pool.
    pub db: Db,
    /// The URL, for other processes.
    pub url: String,
    name: String,
}

impl TestDatabase {
    /// Creates a migrated database on the server of `TEST_DATABASE_URL`.
    ///
    /// # Panics
    /// If the variable is not set or the server cannot be reached.
    pub async fn new() -> Self {
        Self::prepared(migrations_hash(), async |url| {
            let db = Db::new(&DbConfig { max_connections: 1, ..DbConfig::new(url) }).unwrap();
            migrate::run(&db).await.unwrap();
        })
        .await
    }

    /// Creates a copy of a prepared database: `prepare` receives the URL of an empty database, once per `version`, and
    /// must close its connections.
    ///
    /// # Panics
    /// If the variable is not set or the server cannot be reached.
    pub async fn prepared(version: u64, prepare: impl AsyncFnOnce(&str)) -> Self {
        let template = template(version, prepare).await;
        Self::create(&format!("TEMPLATE {template} STRATEGY FILE_COPY")).await
    }

    /// Creates an empty database.
    ///
    /// # Panics
    /// If the variable is not set or the server cannot be reached.
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

    /// Executes a statement.
    ///
    /// # Panics
    /// If the server refuses it.
    pub async fn execute(&self, statement: &str) {
        run(&mut connect(&self.url).await, statement).await.unwrap();
    }

    /// The number of rows of a table, or of what follows `FROM`.
    ///
    /// # Panics
    /// If the server refuses the query.
    pub async fn count(&self, from: &str) -> usize {
        run(&mut connect(&self.url).await, &format!("SELECT 1 FROM {from}")).await.unwrap()
    }

    /// Terminates every connection to the database, as a server restart does.
    ///
    /// # Panics
    /// If the server cannot be reached.
    pub async fn cut_connections(&self) {
        let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", self.name);
        run(&mut connect(&server_url()).await, &cut).await.unwrap();
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        // A separate runtime, because the test's runtime may be shutting down. A leftover database does no harm.
        let (dropped, wait) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let mut admin = AsyncPgConnection::establish(&server_url()).await.ok()?;
                run(&mut admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.ok()
            })?;
            dropped.send(()).ok()
        });
        // Postgres drops no database while a connection to it is being authenticated. If that connection belongs to a
        // task of this thread, it makes progress only after this wait ends.
        let _ = wait.recv_timeout(PATIENCE);
    }
}

/// The template's name contains the version of its contents, so that changed contents create a new template.
async fn template(version: u64, prepare: impl AsyncFnOnce(&str)) -> String {
    let name = format!("mercator_template_{version:016x}");
    let mut admin = connect(&server_url()).await;
    // One test process at a time creates the template; the others wait for it.
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

/// The server's URL with another database.
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
