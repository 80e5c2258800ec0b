//! `mercator serve`.

use std::{path::PathBuf, time::Duration};

use services::{Background, identity};

use crate::{
    config::{AppArgs, BudgetArgs, LimitArgs, ListenArgs},
    server, shutdown,
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
    #[command(flatten)]
    budgets: BudgetArgs,
    #[command(flatten)]
    listen: ListenArgs,
    /// Folder of the search index; processes on one machine can share it. A missing index is rebuilt.
    #[arg(long, env = "MERCATOR_INDEX_DIR", default_value = "var/index")]
    index_dir: PathBuf,
    /// Serve the GraphiQL console at /; by default in a demo only.
    #[arg(long, env = "MERCATOR_CONSOLE", action = clap::ArgAction::Set)]
    console: Option<bool>,
    /// Seconds after which requests in progress are aborted when the process stops.
    #[arg(long, env = "MERCATOR_DRAIN_SECONDS", default_value_t = 25)]
    drain_seconds: u64,
}

impl Args {
    fn settings(&self, is_demo: bool) -> Settings {
        Settings {
            limits: self.limits.limits(is_demo),
            proxies: self.listen.proxies(),
            connections: self.listen.connections(),
            budgets: self.budgets.budgets(),
            held: self.budgets.held(),
            gate: Some(self.limits.gate(self.app.stores.db_connections())),
            has_console: self.console.unwrap_or(is_demo),
            close_delay: self.listen.close_delay(),
        }
    }
}

/// Serves until the process is told to stop.
///
/// # Errors
/// [`StartError`] if a setting, a store or the address is wrong.
pub async fn run(args: Args) -> Result<(), StartError> {
    let stop = shutdown::on_signal()?;
    // The addresses first, because they are the cheapest to check.
    let listeners = args.listen.open().await?;
    let app = start::connect_with_index(&args.app, args.index_dir.clone()).await?;
    start::seal_keys(&app).await?;
    start::check_keys(&app).await?;
    start::warn_unless_demo(&app).await?;
    let background = Background::start(&app).await?;
    background.keep_search_fresh(&app);
    let is_demo = identity::is_demo(&app).await?;
    let server = Server::new(app, args.settings(is_demo), stop)?;
    tracing::info!(address = %listeners.main.local_addr()?, "serving");
    server::run(&server, listeners, Duration::from_secs(args.drain_seconds)).await?;
    background.stop().await;
    tracing::info!("stopped");
    Ok(())
}
