//! The pools of Postgres connections, with time-outs for all operations.

mod address;
mod certificates;
mod channel_binding;
mod config;
mod conn;
mod connect;
mod handshake;
mod share;

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use deadpool::managed::{Object, PoolError, TimeoutType};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, PoolableConnection as _, RecyclingMethod, deadpool::Pool,
};
use futures_util::FutureExt;
use tokio::sync::OwnedSemaphorePermit;

use self::connect::Connector;
use crate::{StoreError, StoreResult};

pub use address::{Address, InvalidAddress, SslMode, is_local_host};
pub use config::DbConfig;
pub use conn::Conn;
pub use share::shared;

/// The error of `BEGIN` and `COMMIT`; the error type of a transaction's closure must implement `From` for it.
pub type TransactionError = diesel::result::Error;

/// The trait with the method `transaction` of a connection.
pub use diesel_async::AsyncConnection as Transactions;

/// A connection from the pool. If its transaction is still open when it is dropped, because the future was canceled,
/// the connection is closed: in the pool it would keep its locks until its next use.
pub struct PooledConn {
    conn: Option<Object<AsyncDieselConnectionManager<Conn>>>,
    /// The place in the share of the request.
    _place: Option<OwnedSemaphorePermit>,
}

impl Deref for PooledConn {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        match &self.conn {
            Some(conn) => conn,
            None => unreachable!("it is there until it is dropped"),
        }
    }
}

impl DerefMut for PooledConn {
    fn deref_mut(&mut self) -> &mut Conn {
        match &mut self.conn {
            Some(conn) => conn,
            None => unreachable!("it is there until it is dropped"),
        }
    }
}

impl Drop for PooledConn {
    fn drop(&mut self) {
        if let Some(mut conn) = self.conn.take()
            && conn.is_broken()
        {
            drop(Object::take(conn));
        }
    }
}

/// The work that a connection is for. Each has connections of its own that no other work can take: when shoppers use all of
/// theirs, payments are still completed, events followed and health checks answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workload {
    /// Requests, and jobs of a worker.
    Requests,
    /// Payments and the completion of carts. They use the connections of requests too.
    Payments,
    /// Background work: following events, the search index, leases of jobs.
    Background,
    /// Health checks and metrics.
    Health,
}

tokio::task_local! {
    static WORKLOAD: Workload;
}

impl Workload {
    /// All kinds of work.
    pub const ALL: [Self; 4] = [Self::Requests, Self::Payments, Self::Background, Self::Health];

    /// Runs a future on the connections of this kind. Tasks that the future spawns use those of requests.
    pub fn scope<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        WORKLOAD.scope(self, work)
    }

    /// The kind that the current task runs in.
    fn current() -> Self {
        WORKLOAD.try_with(|workload| *workload).unwrap_or(Self::Requests)
    }

    /// The name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Payments => "payments",
            Self::Background => "background",
            Self::Health => "health",
        }
    }

    const fn max_connections(self, config: &DbConfig) -> usize {
        match self {
            Self::Requests => config.max_connections,
            Self::Payments => 4,
            Self::Background => 3,
            Self::Health => 1,
        }
    }
}

/// The pools of connections, one for each [`Workload`].
#[derive(Clone)]
pub struct Db {
    pools: Arc<[Pool<Conn>; 4]>,
    connector: Arc<Connector>,
    wait: Duration,
    connect: Duration,
}

/// The use of a pool.
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
    /// Makes the pools; connections are opened on demand.
    ///
    /// # Errors
    /// [`StoreError::Internal`] if the address is malformed or the configuration of the pools is invalid.
    pub fn new(config: &DbConfig) -> StoreResult<Self> {
        let connector = Arc::new(Connector::new(config).map_err(StoreError::Internal)?);
        let [requests, payments, background, health] =
            Workload::ALL.map(|workload| pool(config, &connector, workload.max_connections(config)));
        let pools = Arc::new([requests?, payments?, background?, health?]);
        Ok(Self { pools, connector, wait: config.wait, connect: config.connect })
    }

    /// A connection for work that writes, from the pool of the current [`Workload`]. In a request, see [`shared`], it first waits
    /// until the request uses few enough.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if all connections are busy or Postgres does not answer.
    pub async fn write(&self) -> StoreResult<PooledConn> {
        let place = share::place(self.wait).await?;
        let conn = match Workload::current() {
            // A payment waits like a request, but the connections of payments cannot be taken by requests.
            Workload::Payments => tokio::select! {
                biased;
                conn = self.pool(Workload::Requests).get() => conn,
                conn = self.pool(Workload::Payments).get() => conn,
            },
            workload => self.pool(workload).get().await,
        };
        conn.map(|conn| PooledConn { conn: Some(conn), _place: place }).map_err(|error| match error {
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

    /// A connection outside the pools, for `LISTEN` and for advisory locks of a session.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if Postgres does not answer.
    pub async fn dedicated(&self) -> StoreResult<Conn> {
        let connected = tokio::time::timeout(self.connect, self.connector.connect()).await;
        let connected =
            connected.map_err(|_| StoreError::Unavailable("the database did not answer in time".to_owned()))?;
        connected.map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    /// The current use of the pool for requests.
    #[must_use]
    pub fn pool_use(&self) -> PoolUse {
        self.pool_use_of(Workload::Requests)
    }

    /// The current use of the pool of a workload.
    #[must_use]
    pub fn pool_use_of(&self, workload: Workload) -> PoolUse {
        let status = self.pool(workload).status();
        PoolUse { size: status.size, idle: status.available, waiting: status.waiting, max: status.max_size }
    }

    fn pool(&self, workload: Workload) -> &Pool<Conn> {
        let [requests, payments, background, health] = &*self.pools;
        match workload {
            Workload::Requests => requests,
            Workload::Payments => payments,
            Workload::Background => background,
            Workload::Health => health,
        }
    }
}

fn pool(config: &DbConfig, connector: &Arc<Connector>, max_connections: usize) -> StoreResult<Pool<Conn>> {
    let mut manager = ManagerConfig::default();
    manager.recycling_method = RecyclingMethod::Fast;
    let connector = connector.clone();
    manager.custom_setup = Box::new(move |_| {
        let connector = connector.clone();
        async move { connector.connect().await }.boxed()
    });
    // The connector knows the address.
    Pool::builder(AsyncDieselConnectionManager::new_with_config("", manager))
        .max_size(max_connections)
        .wait_timeout(Some(config.wait))
        .create_timeout(Some(config.connect))
        .recycle_timeout(Some(config.connect))
        .runtime(deadpool::Runtime::Tokio1)
        .build()
        .map_err(|error| StoreError::Internal(error.to_string()))
}
