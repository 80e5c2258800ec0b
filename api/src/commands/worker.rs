//! `mercator worker`.

use std::{net::SocketAddr, time::Duration};

use clap::builder::PossibleValuesParser;
use services::{
    Background,
    jobs::QUEUES,
    worker::{self, WorkerConfig},
};

use crate::{
    config::AppArgs,
    server, shutdown,
    start::{self, StartError},
    state::{Server, Settings},
};

/// Run background jobs.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    app: AppArgs,
    /// Queues to serve, comma-separated; all queues by default.
    #[arg(long, env = "MERCATOR_QUEUES", value_delimiter = ',', value_parser = PossibleValuesParser::new(QUEUES))]
    queues: Vec<String>,
    /// Number of jobs to run at a time.
    #[arg(long, env = "MERCATOR_WORKER_CONCURRENCY", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    concurrency: u16,
    /// Seconds after which another worker takes the job of a worker that stopped responding.
    #[arg(long, env = "MERCATOR_JOB_LEASE_SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    lease_seconds: u64,
    /// Seconds after which running jobs are aborted when the process stops.
    #[arg(long, env = "MERCATOR_DRAIN_SECONDS", default_value_t = 25)]
    drain_seconds: u64,
    /// Address of /health and /metrics of this worker; by default they are not served.
    #[arg(long, env = "MERCATOR_WORKER_LISTEN")]
    listen: Option<SocketAddr>,
}

/// Runs jobs until the process is told to stop.
///
/// # Errors
/// [`StartError`] if a setting, a store or the address is wrong.
pub async fn run(args: Args) -> Result<(), StartError> {
    let stop = shutdown::on_signal()?;
    let listener = match args.listen {
        Some(address) => Some(start::listen(address, "MERCATOR_WORKER_LISTEN").await?),
        None => None,
    };
    let app = start::connect_to_work(&args.app).await?;
    start::warn_unless_demo(&app).await?;
    let background = Background::start(&app).await?;
    background.run_consumers(&app);
    let config = WorkerConfig {
        queues: args.queues,
        concurrency: args.concurrency.into(),
        lease: Duration::from_secs(args.lease_seconds),
        drain: Duration::from_secs(args.drain_seconds),
        ..WorkerConfig::default()
    };
    tracing::info!(queues = ?config.queues, concurrency = config.concurrency, "working");
    let work = worker::run(app.clone(), config, stop.clone());
    match listener {
        Some(listener) => {
            let server = Server::new(app, Settings::default(), stop)?;
            let watched = server::run_watch(&server, listener);
            tokio::join!(work, watched);
        }
        None => work.await,
    }
    background.stop().await;
    tracing::info!("stopped");
    Ok(())
}
