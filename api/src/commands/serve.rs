//! `mercator serve`.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use services::Background;

use crate::{
    client::Proxies,
    config::{LimitArgs, StoreArgs},
    connections,
    server::{self, Server, Settings},
    shutdown,
    start::{self, StartError},
};

/// Answer requests.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    stores: StoreArgs,
    #[command(flatten)]
    limits: LimitArgs,
    /// The address and port to listen on.
    #[arg(long, env = "MERCATOR_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The folder of the search index; processes of one machine may share it. A lost one is built again.
    #[arg(long, env = "MERCATOR_INDEX_DIR", default_value = "var/index")]
    index_dir: PathBuf,
    /// How many proxies in front of this process append to X-Forwarded-For; with a wrong number clients share limits.
    #[arg(long, env = "MERCATOR_TRUSTED_PROXIES", default_value_t = 0)]
    trusted_proxies: usize,
    /// How many connections may be open at once; others wait to be taken. Each is an open file: the process raises its
    /// limit of them (`ulimit -n`) as far as it may, and takes fewer connections where that is not enough.
    #[arg(long, env = "MERCATOR_MAX_CONNECTIONS", default_value_t = connections::AT_ONCE, value_parser = clap::value_parser!(u32).range(1..))]
    max_connections: u32,
    /// Seconds that the head of a request may take to arrive, and that a connection may be idle. Let them be more than a
    /// load balancer's, so that it closes first.
    #[arg(long, env = "MERCATOR_HEAD_TIMEOUT_SECONDS", default_value_t = connections::HEAD_TIMEOUT_SECONDS, value_parser = clap::value_parser!(u64).range(1..=3600))]
    head_timeout_seconds: u64,
    /// Seconds that requests may go on after the process was told to stop.
    #[arg(long, env = "MERCATOR_DRAIN_SECONDS", default_value_t = 25)]
    drain_seconds: u64,
}

/// Serves until told to stop.
///
/// # Errors
/// [`StartError`] that says what is wrong.
pub async fn run(args: Args) -> Result<(), StartError> {
    let stop = shutdown::on_signal()?;
    // The address first: it is the cheapest thing that can be wrong.
    let listener = start::listen(args.listen).await?;
    let app = start::connect_with_index(&args.stores, args.index_dir).await?;
    start::check_keys(&app).await?;
    start::warn_unless_demo(&app).await?;
    let background = Background::start(&app).await?;
    background.keep_search_fresh(&app);
    let connections = connections::Settings {
        at_once: connections::make_room(args.max_connections as usize),
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
