//! The configuration of the pools.

use std::time::Duration;

/// Address, size and time-outs of the pools.
#[derive(Clone)]
pub struct DbConfig {
    /// The address, `postgres://user:password@host:port/database`.
    pub url: String,
    /// The maximum number of connections of this process for requests and jobs; payments,
    /// background work and health checks have a few more of their own.
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
}
