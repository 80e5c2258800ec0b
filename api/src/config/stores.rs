//! Settings of the databases.

use std::time::Duration;

use clap::Args;
use persistence::{Db, DbConfig, documents::MongoConfig};
use services::DocumentsConfig;

use super::{ConfigError, not_empty, redact::without_password};

/// The databases of the shop.
#[derive(Debug, Clone, Args)]
pub struct StoreArgs {
    /// Postgres, as postgres://user:password@host:port/database. Required.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, default_value = "", hide_default_value = true)]
    database_url: String,
    /// MongoDB for products and sessions, as mongodb://user:password@host:port/database; by default they are stored in Postgres.
    #[arg(long, env = "MONGODB_URL", hide_env_values = true)]
    mongodb_url: Option<String>,
    /// Maximum number of connections of this process to Postgres, besides two for internal use.
    #[arg(long, env = "MERCATOR_DB_CONNECTIONS", default_value_t = 16, value_parser = clap::value_parser!(u16).range(2..=1000))]
    db_connections: u16,
    /// Milliseconds that a request waits for a free connection before it is rejected.
    #[arg(long, env = "MERCATOR_DB_WAIT_MS", default_value_t = 2_000)]
    db_wait_ms: u64,
    /// Time-out of one statement in milliseconds.
    #[arg(long, env = "MERCATOR_DB_STATEMENT_MS", default_value_t = 5_000, value_parser = clap::value_parser!(u64).range(100..=600_000))]
    db_statement_ms: u64,
}

impl StoreArgs {
    /// A pool on Postgres, without the rest of the application.
    ///
    /// # Errors
    /// [`ConfigError`] if the URL is missing or malformed.
    pub fn database(&self) -> Result<Db, ConfigError> {
        Ok(Db::new(&self.db_config()?)?)
    }

    /// The URL of Postgres without its password.
    #[must_use]
    pub fn database_place(&self) -> String {
        without_password(&self.database_url)
    }

    /// The URL of the document store without its password.
    #[must_use]
    pub fn documents_place(&self) -> String {
        not_empty(self.mongodb_url.as_ref()).map_or_else(|| "in Postgres".to_owned(), without_password)
    }

    /// The maximum number of connections to Postgres.
    #[must_use]
    pub fn db_connections(&self) -> usize {
        self.db_connections.into()
    }

    pub(super) fn database_url(&self) -> &str {
        &self.database_url
    }

    pub(super) fn documents_config(&self) -> Result<DocumentsConfig, ConfigError> {
        let Some(url) = not_empty(self.mongodb_url.as_ref()) else { return Ok(DocumentsConfig::Postgres) };
        if !url.starts_with("mongodb://") && !url.starts_with("mongodb+srv://") {
            let message = "MONGODB_URL must look like mongodb://user:password@host:port/database";
            return Err(ConfigError::setting(message));
        }
        Ok(DocumentsConfig::Mongo(MongoConfig::new(url)))
    }

    pub(super) fn db_config(&self) -> Result<DbConfig, ConfigError> {
        if self.database_url.is_empty() {
            let message = "DATABASE_URL is not set; it names the Postgres database (try `make run` for a demo)";
            return Err(ConfigError::setting(message));
        }
        let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| self.database_url.starts_with(scheme));
        if !is_postgres {
            let message = "DATABASE_URL must look like postgres://user:password@host:port/database";
            return Err(ConfigError::setting(message));
        }
        Ok(DbConfig {
            max_connections: self.db_connections.into(),
            wait: Duration::from_millis(self.db_wait_ms),
            statement: Duration::from_millis(self.db_statement_ms),
            ..DbConfig::new(&self.database_url)
        })
    }
}
