//! Settings, read once from flags and the environment, and checked before anything starts.

use std::time::Duration;

use clap::Args;
use persistence::{Db, DbConfig, documents::MongoConfig};
use services::{AppConfig, app::DocumentsConfig};

use crate::{edge_config::EdgeArgs, gateway_config::GatewayArgs, start::StartError};
use graphql_http::Limits;

/// Where the shop is kept.
#[derive(Debug, Clone, Args)]
pub struct StoreArgs {
    #[command(flatten)]
    edges: EdgeArgs,
    #[command(flatten)]
    gateways: GatewayArgs,
    /// Postgres, as postgres://user:password@host:port/database. Required.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, default_value = "", hide_default_value = true)]
    database_url: String,
    /// MongoDB for products and sessions, as mongodb://user:password@host:port/database; Postgres keeps them when absent.
    #[arg(long, env = "MONGODB_URL", hide_env_values = true)]
    mongodb_url: Option<String>,
    /// The most connections to Postgres of this process, besides two of its own.
    #[arg(long, env = "MERCATOR_DB_CONNECTIONS", default_value_t = 16, value_parser = clap::value_parser!(u16).range(2..=1000))]
    db_connections: u16,
    /// Milliseconds that a request waits for a free connection before it is refused.
    #[arg(long, env = "MERCATOR_DB_WAIT_MS", default_value_t = 2_000)]
    db_wait_ms: u64,
    /// Milliseconds that one statement may take.
    #[arg(long, env = "MERCATOR_DB_STATEMENT_MS", default_value_t = 5_000, value_parser = clap::value_parser!(u64).range(100..=600_000))]
    db_statement_ms: u64,
}

impl StoreArgs {
    /// What the application is made from; `is_demo` says whether the database holds the demo shop.
    ///
    /// # Errors
    /// [`StartError::Setting`] for an address that cannot be one.
    pub fn app_config(&self, is_demo: bool) -> Result<AppConfig, StartError> {
        let documents = match self.mongodb_url() {
            Some(url) if !url.starts_with("mongodb://") && !url.starts_with("mongodb+srv://") => {
                let message = "MONGODB_URL has to look like mongodb://user:password@host:port/database";
                return Err(StartError::Setting(message.to_owned()));
            }
            Some(url) => DocumentsConfig::Mongo(MongoConfig::new(url)),
            None => DocumentsConfig::Postgres,
        };
        self.edges.check()?;
        let gateways = self.gateways.gateways(is_demo);
        let mut config = AppConfig { db: self.db_config()?, documents, gateways, ..AppConfig::new(&self.database_url) };
        self.edges.apply(&mut config)?;
        Ok(config)
    }

    /// Refuses the secrets that every demo has where money is real.
    ///
    /// # Errors
    /// [`StartError::Setting`] that names what to set.
    pub fn check_secrets(&self, is_demo: bool) -> Result<(), StartError> {
        self.gateways.check_secrets(is_demo)
    }

    /// A pool on Postgres alone.
    ///
    /// # Errors
    /// [`StartError::Setting`] for an address that cannot be one.
    pub fn database(&self) -> Result<Db, StartError> {
        Ok(Db::new(&self.db_config()?)?)
    }

    /// Where Postgres is, without the password.
    #[must_use]
    pub fn database_place(&self) -> String {
        without_password(&self.database_url)
    }

    /// Where documents are kept, without the password.
    #[must_use]
    pub fn documents_place(&self) -> String {
        self.mongodb_url().map_or_else(|| "in Postgres".to_owned(), without_password)
    }

    /// How mail leaves, without the password.
    #[must_use]
    pub fn mail_place(&self) -> String {
        self.edges.mail_place()
    }

    /// An empty address counts as none, so that an environment can take it back.
    fn mongodb_url(&self) -> Option<&str> {
        self.mongodb_url.as_deref().filter(|url| !url.is_empty())
    }

    fn db_config(&self) -> Result<DbConfig, StartError> {
        if self.database_url.is_empty() {
            let message = "DATABASE_URL is not set; it names the Postgres database (try `make run` for a demo)";
            return Err(StartError::Setting(message.to_owned()));
        }
        let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| self.database_url.starts_with(scheme));
        if !is_postgres {
            let message = "DATABASE_URL has to look like postgres://user:password@host:port/database";
            return Err(StartError::Setting(message.to_owned()));
        }
        Ok(DbConfig {
            max_connections: self.db_connections.into(),
            wait: Duration::from_millis(self.db_wait_ms),
            statement: Duration::from_millis(self.db_statement_ms),
            ..DbConfig::new(&self.database_url)
        })
    }
}

/// What one GraphQL request may ask for.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits of GraphQL requests")]
pub struct LimitArgs {
    /// Bytes of a request's body.
    #[arg(long, env = "MERCATOR_MAX_BODY_BYTES", default_value_t = 1024 * 1024)]
    max_body_bytes: usize,
    /// Requests in one batch.
    #[arg(long, env = "MERCATOR_MAX_BATCH", default_value_t = 10)]
    max_batch: usize,
    /// Lexical tokens of a document.
    #[arg(long, env = "MERCATOR_MAX_TOKENS", default_value_t = 10_000)]
    max_tokens: usize,
    /// Fields inside one another.
    #[arg(long, env = "MERCATOR_MAX_DEPTH", default_value_t = 20)]
    max_depth: u32,
    /// Aliases of one operation.
    #[arg(long, env = "MERCATOR_MAX_ALIASES", default_value_t = 100)]
    max_aliases: u64,
    /// Static cost of one operation; each answer's extensions.cost tells its own.
    #[arg(long, env = "MERCATOR_MAX_COST", default_value_t = 10_000)]
    max_cost: u64,
    /// Milliseconds that a query or mutation may run.
    #[arg(long, env = "MERCATOR_EXECUTION_MS", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(10..=600_000))]
    execution_ms: u64,
    /// Whether the schemas may be asked about themselves.
    #[arg(long, env = "MERCATOR_INTROSPECTION", default_value_t = true, action = clap::ArgAction::Set)]
    introspection: bool,
}

impl LimitArgs {
    /// The limits of both endpoints.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            body_bytes: self.max_body_bytes,
            batch_size: self.max_batch,
            tokens: self.max_tokens,
            depth: self.max_depth,
            aliases: self.max_aliases,
            cost: self.max_cost,
            execution_timeout: Duration::from_millis(self.execution_ms),
            introspection: self.introspection,
            ..Limits::default()
        }
    }
}

/// An address without what stands between the user's name and the host.
#[must_use]
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "an address that cannot be read".to_owned() };
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    match rest.rsplit_once('@') {
        Some((login, place)) => {
            let user = login.split_once(':').map_or(login, |(user, _)| user);
            format!("{scheme}://{user}@{place}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (url, shown) in [
            ("postgres://ada:s3cr@t@db:5432/shop?sslmode=require", "postgres://ada@db:5432/shop"),
            ("postgres://db/shop", "postgres://db/shop"),
            ("mongodb://u:p@a,b/?replicaSet=r", "mongodb://u@a,b/"),
            ("nonsense", "an address that cannot be read"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
