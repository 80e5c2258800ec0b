//! A database per test on the configured servers.

use std::{sync::Arc, time::Duration};

use persistence::documents::{DocumentStore, MongoConfig, MongoDocuments, PostgresDocuments};
use testkit::TestDatabase;

/// A MongoDB database for one test.
pub struct Mongo {
    pub store: Arc<dyn DocumentStore>,
    raw: MongoDocuments,
}

impl Mongo {
    pub async fn new() -> Self {
        let url = std::env::var("MONGODB_TEST_URL")
            .expect("MONGODB_TEST_URL names the MongoDB server for tests; `make test` sets it");
        let database = Some(format!("test_{}", uuid::Uuid::now_v7().simple()));
        // Long time-outs, because all tests share one small server.
        let config = MongoConfig { database, operation: Duration::from_mins(1), ..MongoConfig::new(url) };
        let raw = MongoDocuments::connect(&config).await.unwrap();
        Self { store: Arc::new(raw.clone()), raw }
    }

    pub async fn drop(self) {
        self.raw.drop_database().await.unwrap();
    }
}

/// A Postgres database for one test.
pub struct Postgres {
    pub store: Arc<dyn DocumentStore>,
    _database: TestDatabase,
}

impl Postgres {
    pub async fn new() -> Self {
        let database = TestDatabase::new().await;
        Self { store: Arc::new(PostgresDocuments::new(database.db.clone())), _database: database }
    }
}
