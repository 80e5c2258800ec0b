//! Settings of the listeners and their connections.

use std::{net::SocketAddr, time::Duration};

use clap::Args;

use crate::{
    client::Proxies,
    connections, file_limit,
    server::Listeners,
    start::{self, StartError},
    state::CLOSE_DELAY_MS,
};

/// The listeners of `mercator serve` and the limits of their connections.
#[derive(Debug, Clone, Args)]
pub struct ListenArgs {
    /// Address and port to listen on.
    #[arg(long, env = "MERCATOR_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Address and port of /health and /metrics. By default they are served with everything else, as in a demo; set it to
    /// an address that the public does not reach.
    #[arg(long, env = "MERCATOR_OPS_LISTEN")]
    ops_listen: Option<SocketAddr>,
    /// Address and port of the admin API, which has an eighth of the connections then. By default it is served with
    /// everything else; set it to an address that only staff and integrations reach.
    #[arg(long, env = "MERCATOR_ADMIN_LISTEN")]
    admin_listen: Option<SocketAddr>,
    /// Number of proxies in front of this process that append to X-Forwarded-For; with a wrong number, clients share limits.
    #[arg(long, env = "MERCATOR_TRUSTED_PROXIES", default_value_t = 0)]
    trusted_proxies: usize,
    /// Maximum number of open connections; requests on others get 503, except health checks. Each needs an open file: the
    /// process raises its limit of open files (`ulimit -n`) as far as allowed, and accepts fewer connections if that is
    /// not enough.
    #[arg(long, env = "MERCATOR_MAX_CONNECTIONS", default_value_t = connections::MAX_CONNECTIONS, value_parser = clap::value_parser!(u32).range(1..))]
    max_connections: u32,
    /// Maximum number of open connections of one IPv4 address or IPv6 /64 prefix; others are closed at once. Not applied
    /// with trusted proxies, whose connections carry all clients: limit clients in the proxy then.
    #[arg(long, env = "MERCATOR_MAX_CONNECTIONS_PER_ADDRESS", default_value_t = connections::MAX_PER_NETWORK, value_parser = clap::value_parser!(u32).range(1..))]
    max_connections_per_address: u32,
    /// Time-out in seconds of the head of a request and of an idle connection. Set it higher than that of a load balancer,
    /// so that the load balancer closes first.
    #[arg(long, env = "MERCATOR_HEAD_TIMEOUT_SECONDS", default_value_t = connections::HEAD_TIMEOUT_SECONDS, value_parser = clap::value_parser!(u64).range(1..=3600))]
    head_timeout_seconds: u64,
    /// Milliseconds for which new connections are still accepted after the process was told to stop, while /health/ready
    /// answers 503. Set it higher than the time in which a load balancer notices.
    #[arg(long, env = "MERCATOR_CLOSE_DELAY_MS", default_value_t = CLOSE_DELAY_MS, value_parser = clap::value_parser!(u64).range(..=600_000))]
    close_delay_ms: u64,
}

impl ListenArgs {
    /// Opens the listeners.
    ///
    /// # Errors
    /// [`StartError::Listen`] if an address is in use or does not belong to this machine.
    pub async fn open(&self) -> Result<Listeners, StartError> {
        Ok(Listeners {
            main: start::listen(self.listen, "MERCATOR_LISTEN").await?,
            admin: optional(self.admin_listen, "MERCATOR_ADMIN_LISTEN").await?,
            operations: optional(self.ops_listen, "MERCATOR_OPS_LISTEN").await?,
        })
    }

    /// The limits of connections; raises the limit of open files.
    #[must_use]
    pub fn connections(&self) -> connections::Settings {
        connections::Settings {
            max_open: file_limit::raise(self.max_connections as usize),
            max_per_network: (self.trusted_proxies == 0).then_some(self.max_connections_per_address as usize),
            head_timeout: Duration::from_secs(self.head_timeout_seconds),
            ..connections::Settings::default()
        }
    }

    /// The trusted proxies.
    #[must_use]
    pub const fn proxies(&self) -> Proxies {
        Proxies(self.trusted_proxies)
    }

    /// The time between the signal to stop and the end of the listeners.
    #[must_use]
    pub const fn close_delay(&self) -> Duration {
        Duration::from_millis(self.close_delay_ms)
    }
}

async fn optional(
    address: Option<SocketAddr>,
    setting: &'static str,
) -> Result<Option<tokio::net::TcpListener>, StartError> {
    match address {
        Some(address) => start::listen(address, setting).await.map(Some),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        listen: ListenArgs,
    }

    #[test]
    fn connections_of_proxies_are_not_limited_by_address() {
        let limit =
            |arguments: &[&str]| Cli::parse_from([&["test"], arguments].concat()).listen.connections().max_per_network;
        assert_eq!(limit(&[]), Some(1_024));
        assert_eq!(limit(&["--max-connections-per-address", "5"]), Some(5));
        assert_eq!(limit(&["--max-connections-per-address", "5", "--trusted-proxies", "1"]), None);
    }
}
