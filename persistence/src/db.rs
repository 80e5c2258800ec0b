//! The pool of Postgres connections, with time-outs for all operations.

mod conn;

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use deadpool::managed::{Object, PoolError, TimeoutType};
use diesel::ConnectionError;
use diesel_async::{
    RunQueryDsl as _,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, PoolableConnection as _, RecyclingMethod, deadpool::Pool,
    },
};
use futures_util::FutureExt;

use crate::{StoreError, StoreResult, statements::Counter};

/// Seconds of silence before a TCP keepalive probe, seconds between probes, and failed probes before the connection is
/// closed.
const KEEPALIVE: u32 = 10;
const KEEPALIVE_INTERVAL: u32 = 5;
const KEEPALIVE_RETRIES: u32 = 3;

pub use conn::Conn;

/// The error of `BEGIN` and `COMMIT`; the error type of a transaction's closure must implement `From` for it.
pub type TransactionError = diesel::result::Error;

/// Requests error messages in English, because diesel-async hides SQLSTATE codes and [`StoreError`] has to read the message
/// of errors that diesel has no kind for. Not an option of the address, because only a superuser may set it, and most
/// servers do not translate anyway.
const UNTRANSLATED_MESSAGES: &str = "SELECT set_config('lc_messages', 'C', false) \
     WHERE current_setting('lc_messages') !~* '^((c|posix|en[a-z]*)([._]|$)|$)'";

/// The trait with the method `transaction` of a connection.
pub use diesel_async::AsyncConnection as Transactions;

/// A connection from the pool. If its transaction is still open when it is dropped, because the future was canceled,
/// the connection is closed: in the pool it would keep its locks until its next use.
pub struct PooledConn(Option<Object<AsyncDieselConnectionManager<Conn>>>);

impl Deref for PooledConn {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        match &self.0 {
            Some(conn) => conn,
            None => unreachable!("it is there until it is dropped"),
        }
    }
}

impl DerefMut for PooledConn {
    fn deref_mut(&mut self) -> &mut Conn {
        match &mut self.0 {
            Some(conn) => conn,
            None => unreachable!("it is there until it is dropped"),
        }
    }
}

impl Drop for PooledConn {
    fn drop(&mut self) {
        if let Some(mut conn) = self.0.take()
            && conn.is_broken()
        {
            drop(Object::take(conn));
        }
    }
}

/// Address, size and time-outs of the pool.
#[derive(Debug, Clone)]
pub struct DbConfig {
    /// The address, `postgres://user:password@host:port/database`.
    pub url: String,
    /// The maximum number of connections of this process.
    pub max_connections: usize,
    /// The maximum wait for a free connection.
    pub wait: Duration,
    /// The time-out of connecting.
    pub connect: Duration,
    /// The time-out of one statement.
    pub statement: Duration,
}

impl DbConfig {
    /// A configuration with the default limits.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 16,
            wait: Duration::from_secs(2),
            connect: Duration::from_secs(5),
            statement: Duration::from_secs(5),
        }
    }

    /// The address with the time-outs as parameters, so that each connection starts with them. Parameters of the
    /// address have precedence; if an option is set twice, the server uses the last one.
    fn url_with_timeouts(&self) -> String {
        let (address, query) = self.url.split_once('?').unwrap_or((self.url.as_str(), ""));
        let given: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let is_given = |name: &str| given.iter().any(|(known, _)| *known == name);
        let statement = self.statement.as_millis();
        // There are few statements and all use an index, so one generic plan per connection is enough.
        let session = format!(
            "-c%20statement_timeout%3D{statement}%20-c%20idle_in_transaction_session_timeout%3D{statement}%20-c%20plan_cache_mode%3Dforce_generic_plan"
        );
        let own_options = given.iter().filter(|(name, _)| *name == "options").map(|(_, value)| *value);
        let options: Vec<&str> = std::iter::once(session.as_str()).chain(own_options).collect();
        let options = options.join("%20");
        let usual = [
            ("connect_timeout", self.connect.as_secs().max(1).to_string()),
            ("application_name", "mercator".to_owned()),
            // Detect a dead peer both on idle connections (keepalive) and with unacknowledged data (TCP_USER_TIMEOUT).
            ("keepalives_idle", KEEPALIVE.to_string()),
            ("keepalives_interval", KEEPALIVE_INTERVAL.to_string()),
            ("keepalives_retries", KEEPALIVE_RETRIES.to_string()),
            ("tcp_user_timeout", (KEEPALIVE + KEEPALIVE_INTERVAL * KEEPALIVE_RETRIES).to_string()),
        ];
        let kept = given.iter().filter(|(name, _)| *name != "options").map(|(name, value)| format!("{name}={value}"));
        let added = usual.iter().filter(|(name, _)| !is_given(name)).map(|(name, value)| format!("{name}={value}"));
        let parameters: Vec<String> = kept.chain(added).chain([format!("options={options}")]).collect();
        format!("{address}?{}", parameters.join("&"))
    }
}

/// A pool of connections.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Conn>,
    url: String,
    connect: Duration,
}

/// The use of the pool.
#[derive(Debug, Clone, Copy)]
pub struct PoolUse {
    /// Open connections.
    pub size: usize,
    /// Idle connections.
    pub idle: usize,
    /// Callers that wait for a connection.
    pub waiting: usize,
    /// The maximum number of connections.
    pub max: usize,
}

impl Db {
    /// Makes a pool; connections are opened on demand.
    ///
    /// # Errors
    /// [`StoreError::Internal`] if the configuration of the pool is invalid.
    pub fn new(config: &DbConfig) -> StoreResult<Self> {
        let mut manager = ManagerConfig::default();
        manager.recycling_method = RecyclingMethod::Fast;
        manager.custom_setup = Box::new(|url| connect(url).boxed());
        let url = config.url_with_timeouts();
        let pool = Pool::builder(AsyncDieselConnectionManager::new_with_config(&url, manager))
            .max_size(config.max_connections)
            .wait_timeout(Some(config.wait))
            .create_timeout(Some(config.connect))
            .recycle_timeout(Some(config.connect))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(|error| StoreError::Internal(error.to_string()))?;
        Ok(Self { pool, url, connect: config.connect })
    }

    /// A connection for work that writes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if all connections are busy or Postgres does not answer.
    pub async fn write(&self) -> StoreResult<PooledConn> {
        self.pool.get().await.map(|conn| PooledConn(Some(conn))).map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => {
                StoreError::Unavailable("all database connections are busy".to_owned())
            }
            PoolError::Timeout(_) => StoreError::Unavailable("the database did not answer in time".to_owned()),
            other => StoreError::Unavailable(other.to_string()),
        })
    }

    /// A connection for work that only reads. It comes from the same pool as [`Db::write`], so that a caller reads its own
    /// writes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if all connections are busy or Postgres does not answer.
    pub async fn read(&self) -> StoreResult<PooledConn> {
        self.write().await
    }

    /// A connection outside the pool, for `LISTEN` and for advisory locks of a session.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if Postgres does not answer.
    pub async fn dedicated(&self) -> StoreResult<Conn> {
        let connected = tokio::time::timeout(self.connect, connect(&self.url)).await;
        let connected =
            connected.map_err(|_| StoreError::Unavailable("the database did not answer in time".to_owned()))?;
        connected.map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    /// The current use of the pool.
    #[must_use]
    pub fn pool_use(&self) -> PoolUse {
        let status = self.pool.status();
        PoolUse { size: status.size, idle: status.available, waiting: status.waiting, max: status.max_size }
    }
}

async fn connect(url: &str) -> Result<Conn, ConnectionError> {
    let mut conn = Conn::establish(url).await?;
    let refused = |error| {
        ConnectionError::BadConnection(format!(
            "the server translates its messages; run ALTER ROLE ... SET lc_messages = 'C' for this role ({error})"
        ))
    };
    diesel::sql_query(UNTRANSLATED_MESSAGES).execute(&mut conn).await.map_err(refused)?;
    conn.set_instrumentation(Counter);
    Ok(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_parameters_and_gets_the_defaults() {
        let url = |url: &str| DbConfig::new(url).url_with_timeouts();
        let plain = url("postgres://a@b/c");
        assert!(plain.starts_with("postgres://a@b/c?connect_timeout=5&"), "{plain}");
        assert!(plain.contains("&keepalives_idle=10&") && plain.contains("&tcp_user_timeout=25&"), "{plain}");
        let own = url("postgres://a@b/c?connect_timeout=9&options=-c%20statement_timeout%3D7");
        assert_eq!(own.matches("connect_timeout").count(), 1);
        assert_eq!(own.matches("options=").count(), 1);
        assert!(own.ends_with("%20-c%20statement_timeout%3D7"), "{own}");
    }
}
