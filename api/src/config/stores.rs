//! Settings of the databases.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use persistence::{
    Db, DbConfig,
    db::{Address, is_local_host},
    documents::MongoConfig,
};
use services::DocumentsConfig;

use super::{ConfigError, redact::without_password, secrets::secret};

/// The databases of the shop.
#[derive(Debug, Clone, Args)]
pub struct StoreArgs {
    /// File with the URL of Postgres, postgres://user:password@host:port/database; or set `DATABASE_URL` to the URL. One of
    /// both is required. TLS: sslmode and sslrootcert, as in libpq.
    #[arg(long, env = "DATABASE_URL_FILE")]
    database_url_file: Option<PathBuf>,
    /// File with the URL of MongoDB for products and sessions, mongodb://user:password@host:port/database?tls=true; or set
    /// `MONGODB_URL` to the URL. By default they are stored in Postgres.
    #[arg(long, env = "MONGODB_URL_FILE")]
    mongodb_url_file: Option<PathBuf>,
    /// Maximum number of connections of this process to Postgres for requests and jobs. Payments, background work and health
    /// checks have up to ten more of their own.
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
        self.database_url().map_or_else(|error| error.to_string(), |url| without_password(&url))
    }

    /// The URL of the document store without its password.
    #[must_use]
    pub fn documents_place(&self) -> String {
        match self.mongodb_url() {
            Ok(Some(url)) => without_password(&url),
            Ok(None) => "in Postgres".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    /// The maximum number of connections to Postgres.
    #[must_use]
    pub fn db_connections(&self) -> usize {
        self.db_connections.into()
    }

    fn database_url(&self) -> Result<String, ConfigError> {
        secret("DATABASE_URL", self.database_url_file.as_deref())?.ok_or_else(|| {
            ConfigError::setting("DATABASE_URL is not set; it names the Postgres database (try `make run` for a demo)")
        })
    }

    fn mongodb_url(&self) -> Result<Option<String>, ConfigError> {
        secret("MONGODB_URL", self.mongodb_url_file.as_deref())
    }

    /// Rejects a database on another host that is used without TLS.
    pub(super) fn check_transport(&self) -> Result<(), ConfigError> {
        let address = address(&self.db_config()?)?;
        if !address.is_local() && !address.requires_tls() {
            return Err(ConfigError::Plaintext(
                "DATABASE_URL",
                "sslmode=verify-full&sslrootcert=FILE, or sslmode=require",
            ));
        }
        match self.mongodb_url()? {
            Some(url) if !is_mongodb_protected(&url) => Err(ConfigError::Plaintext("MONGODB_URL", "tls=true")),
            _ => Ok(()),
        }
    }

    pub(super) fn documents_config(&self) -> Result<DocumentsConfig, ConfigError> {
        let Some(url) = self.mongodb_url()? else { return Ok(DocumentsConfig::Postgres) };
        if !url.starts_with("mongodb://") && !url.starts_with("mongodb+srv://") {
            let message = "MONGODB_URL must look like mongodb://user:password@host:port/database";
            return Err(ConfigError::setting(message));
        }
        Ok(DocumentsConfig::Mongo(MongoConfig::new(url)))
    }

    pub(super) fn db_config(&self) -> Result<DbConfig, ConfigError> {
        let url = self.database_url()?;
        if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            let message = "DATABASE_URL must look like postgres://user:password@host:port/database";
            return Err(ConfigError::setting(message));
        }
        let config = DbConfig {
            max_connections: self.db_connections.into(),
            wait: Duration::from_millis(self.db_wait_ms),
            statement: Duration::from_millis(self.db_statement_ms),
            ..DbConfig::new(url)
        };
        address(&config)?;
        Ok(config)
    }
}

fn address(config: &DbConfig) -> Result<Address, ConfigError> {
    Address::parse(config).map_err(|error| ConfigError::Setting(format!("DATABASE_URL: {error}")))
}

/// True if MongoDB is on this machine, or used with TLS only. `mongodb+srv` uses TLS unless it is turned off.
fn is_mongodb_protected(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let option = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .rfind(|(name, _)| name.eq_ignore_ascii_case("tls") || name.eq_ignore_ascii_case("ssl"));
    let has_tls = option.map_or(scheme == "mongodb+srv", |(_, value)| value == "true");
    let hosts = place.rsplit_once('@').map_or(place, |(_, hosts)| hosts);
    let hosts = hosts.split_once('/').map_or(hosts, |(hosts, _)| hosts);
    has_tls || hosts.split(',').all(|host| is_local_host(without_port(host)))
}

/// The host of `host:port`.
pub(super) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mongodb_on_another_host_is_protected_by_tls_only() {
        for (url, is_protected) in [
            ("mongodb://127.0.0.1:27017/shop", true),
            ("mongodb://user:p@localhost,[::1]:27018/shop", true),
            ("mongodb://db.example.org/shop", false),
            ("mongodb://localhost,db.example.org/shop", false),
            ("mongodb://db.example.org/shop?tls=true", true),
            ("mongodb://db.example.org/shop?replicaSet=r&ssl=true", true),
            ("mongodb+srv://db.example.org/shop", true),
            ("mongodb+srv://db.example.org/shop?tls=false", false),
        ] {
            assert_eq!(is_mongodb_protected(url), is_protected, "{url}");
        }
    }
}
