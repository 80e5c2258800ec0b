//! The pool of Postgres connections, with a time-out on everything.

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use deadpool::managed::{Object, PoolError, TimeoutType};
use diesel::ConnectionError;
use diesel_async::{
    AsyncPgConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, PoolableConnection as _, RecyclingMethod, deadpool::Pool,
    },
};
use futures_util::FutureExt;

use crate::{StoreError, StoreResult, statements::Counter};

/// A connection to Postgres; what every store function takes first.
pub type Conn = AsyncPgConnection;

/// What `BEGIN` and `COMMIT` fail with; an error type of a transaction's block converts from it.
pub type TransactionError = diesel::result::Error;

/// The trait that gives a connection its `transaction`.
pub use diesel_async::AsyncConnection as Transactions;

/// A connection on loan from the pool. One that is given back inside a transaction, because the work on it was dropped
/// in the middle, is closed instead: in the pool it would keep its locks until somebody else takes it.
pub struct PooledConn(Option<Object<AsyncDieselConnectionManager<AsyncPgConnection>>>);

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

/// How to reach Postgres, and how long to wait for it.
#[derive(Debug, Clone)]
pub struct DbConfig {
    /// Address, `postgres://user:password@host:port/database`.
    pub url: String,
    /// The most connections of this process.
    pub max_connections: usize,
    /// How long a request waits for a free connection before it is refused.
    pub wait: Duration,
    /// How long to try to connect.
    pub connect: Duration,
    /// How long one statement may run.
    pub statement: Duration,
}

impl DbConfig {
    /// An address with the usual bounds.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 16,
            wait: Duration::from_secs(2),
            connect: Duration::from_secs(3),
            statement: Duration::from_secs(5),
        }
    }

    /// The address with the time-outs in it, so that each connection starts with them.
    fn url_with_timeouts(&self) -> String {
        let separator = if self.url.contains('?') { '&' } else { '?' };
        let statement = self.statement.as_millis();
        let connect = self.connect.as_secs().max(1);
        format!(
            "{}{separator}connect_timeout={connect}&application_name=mercator\
             &options=-c%20statement_timeout%3D{statement}%20-c%20idle_in_transaction_session_timeout%3D{statement}",
            self.url
        )
    }
}

/// The pool.
#[derive(Clone)]
pub struct Db {
    pool: Pool<AsyncPgConnection>,
    url: String,
}

/// How full the pool is.
#[derive(Debug, Clone, Copy)]
pub struct PoolUse {
    /// Connections that exist.
    pub size: usize,
    /// Connections that nobody uses.
    pub idle: usize,
    /// Callers that wait for one.
    pub waiting: usize,
    /// The most connections.
    pub max: usize,
}

impl Db {
    /// Makes the pool; connections are opened when they are needed.
    ///
    /// # Errors
    /// [`StoreError::Internal`] when the runtime cannot be used for time-outs.
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
        Ok(Self { pool, url })
    }

    /// A connection to write with.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when all are busy or Postgres does not answer.
    pub async fn write(&self) -> StoreResult<PooledConn> {
        self.pool.get().await.map(|conn| PooledConn(Some(conn))).map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => {
                StoreError::Unavailable("all database connections are busy".to_owned())
            }
            PoolError::Timeout(_) => StoreError::Unavailable("the database did not answer in time".to_owned()),
            other => StoreError::Unavailable(other.to_string()),
        })
    }

    /// A connection to read with; the place where a replica would come in.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when all are busy or Postgres does not answer.
    pub async fn read(&self) -> StoreResult<PooledConn> {
        self.write().await
    }

    /// A connection of its own outside the pool, for listening and for advisory locks that outlive a transaction.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when Postgres does not answer.
    pub async fn dedicated(&self) -> StoreResult<Conn> {
        connect(&self.url).await.map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    /// How full the pool is now.
    #[must_use]
    pub fn pool_use(&self) -> PoolUse {
        let status = self.pool.status();
        PoolUse { size: status.size, idle: status.available, waiting: status.waiting, max: status.max_size }
    }
}

async fn connect(url: &str) -> Result<AsyncPgConnection, ConnectionError> {
    let mut conn = AsyncPgConnection::establish(url).await?;
    conn.set_instrumentation(Counter);
    Ok(conn)
}
