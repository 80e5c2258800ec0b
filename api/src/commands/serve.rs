//! `mercator serve`.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use services::Background;

use crate::{
    client::Proxies,
    config::{AppArgs, LimitArgs},
    connections, server, shutdown,
    start::{self, StartError},
    state::{Server, Settings},
};

/// Serve the APIs.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    app: AppArgs,
    #[command(flatten)]
    limits: LimitArgs,
    /// Address and port to listen on.
    #[arg(long, env = "MERCATOR_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Folder of the search index; processes on one machine can share it. A missing index is rebuilt.
    #[arg(long, env = "MERCATOR_INDEX_DIR", default_value = "var/index")]
    index_dir: PathBuf,
    /// Number of proxies in front of this process that append to X-Forwarded-For; with a wrong number, clients share limits.
    #[arg(long, env = "MERCATOR_TRUSTED_PROXIES", default_value_t = 0)]
    trusted_proxies: usize,
    /// Maximum number of open connections; others wait to be accepted. Each needs an open file: the process raises its
    /// limit of open files (`ulimit -n`) as far as allowed, and accepts fewer connections if that is not enough.
    #[arg(long, env = "MERCATOR_MAX_CONNECTIONS", default_value_t = connections::MAX_CONNECTIONS, value_parser = clap::value_parser!(u32).range(1..))]
    max_connections: u32,
    /// Time-out in seconds of the head of a request and of an idle connection. Set it higher than that of a load balancer,
    /// so that the load balancer closes first.
    #[arg(long, env = "MERCATOR_HEAD_TIMEOUT_SECONDS", default_value_t = connections::HEAD_TIMEOUT_SECONDS, value_parser = clap::value_parser!(u64).range(1..=3600))]
    head_timeout_seconds: u64,
    /// Seconds after which requests in progress are aborted when the process stops.
    #[arg(long, env = "MERCATOR_DRAIN_SECONDS", default_value_t = 25)]
    drain_seconds: u64,
}

/// Serves until the process is told to stop.
///
/// # Errors
/// [`StartError`] if a setting, a store or the address is wrong.
pub async fn run(args: Args) -> Result<(), StartError> {
    let stop = shutdown::on_signal()?;
    // The address first, because it is the cheapest to check.
    let listener = start::listen(args.listen).await?;
    let app = start::connect_with_index(&args.app, args.index_dir).await?;
    start::check_keys(&app).await?;
    start::warn_unless_demo(&app).await?;
    let background = Background::start(&app).await?;
    background.keep_search_fresh(&app);
    let connections = connections::Settings {
        max_open: connections::raise_file_limit(args.max_connections as usize),
        head_timeout: Duration::from_secs(args.head_timeout_seconds),
        ..connections::Settings::default()
    };
    let settings = Settings { limits: args.limits.limits(), proxies: Proxies(args.trusted_proxies), connections };
    let server = Server::new(app, settings, stop)?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    server::run(&server, listener, Duration::from_secs(args.drain_seconds)).await?;
    background.stop().await;
    tracing::info!("stopped");
    Ok(())
}
