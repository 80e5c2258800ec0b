//! The load benchmark: sends requests to a running server over loopback and measures their cost.
//!
//! `make bench` calls `scripts/bench.sh`, which starts the release server on demo data, pins server and load generator
//! to different cores, and runs this program.
#![expect(clippy::indexing_slicing, reason = "indexing a JSON value returns null instead of panicking")]

mod abuse;
mod baseline;
mod client;
mod overload;
mod procfs;
mod report;
mod run;
mod scenarios;
mod shop;
mod staff;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};

/// Measures a running Mercator server.
#[derive(Debug, Parser)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves responses of a given size from a bare axum handler, as a baseline.
    Baseline {
        /// Address to listen on.
        #[arg(long, default_value = "127.0.0.1:8099")]
        listen: String,
    },
    /// Searches for the admitted request that costs the most processor time.
    Abuse(abuse::AbuseArgs),
    /// Runs every scenario and writes the results.
    Run(RunArgs),
    /// Measures the load that a server sustains, multiplies it, and prints the latency of completions.
    Overload(overload::Args),
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// Host and port of the server.
    #[arg(long)]
    server: String,
    /// Process id of the server.
    #[arg(long)]
    server_pid: u32,
    /// Process id of the Postgres postmaster.
    #[arg(long)]
    postgres_pid: u32,
    /// Host and port of the baseline server.
    #[arg(long)]
    baseline: String,
    /// Process id of the baseline server.
    #[arg(long)]
    baseline_pid: u32,
    /// Duration of each scenario in seconds.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Number of concurrent connections.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Run only scenarios whose name contains this text.
    #[arg(long, default_value = "")]
    only: String,
    /// Path of the JSON results; a Markdown table is written next to it.
    #[arg(long, default_value = "benches/results/latest.json")]
    out: PathBuf,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let done = runtime.block_on(async {
        match args.command {
            Command::Baseline { listen } => baseline::serve(&listen).await,
            Command::Abuse(args) => abuse::search(&args).await,
            Command::Run(args) => drive(&args).await,
            Command::Overload(args) => overload::drive(&args).await,
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error.as_ref()),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("load: {error}");
    ExitCode::FAILURE
}

/// The error of the benchmark, which stops at the first failure.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

async fn drive(args: &RunArgs) -> Outcome<()> {
    let shop = shop::Shop::read(&args.server).await?;
    eprintln!("{} products, {} sellable variants", shop.slugs.len(), shop.variants.len());
    let page_size = scenarios::warm_up(&args.server, &shop).await?;
    let length = Duration::from_secs(args.seconds);
    let mut results = vec![run::baseline(args, page_size, length).await?];
    for scenario in scenarios::ALL.iter().filter(|scenario| scenario.name.contains(&args.only)) {
        let result = run::scenario(args, scenario, &shop, length).await?;
        eprintln!("{}", report::line(&result));
        results.push(result);
    }
    report::write(&args.out, &results, &shop)
}
