//! The load benchmark: drives a running server over loopback and reports what a request costs.
//!
//! `scripts/bench.sh` starts the release server on seeded data, pins server and generator to different cores and
//! calls this program; `make bench` calls the script.

mod client;
mod procfs;
mod report;
mod run;
mod scenarios;
mod shop;
mod yardstick;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};

/// Measures a running Mercator.
#[derive(Debug, Parser)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves answers of a given size from a bare axum handler, to compare with.
    Yardstick {
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:8099")]
        listen: String,
    },
    /// Drives every scenario and writes the results.
    Run(RunArgs),
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// The server, as host and port.
    #[arg(long)]
    server: String,
    /// The server's process id.
    #[arg(long)]
    server_pid: u32,
    /// The process id of Postgres' postmaster.
    #[arg(long)]
    postgres_pid: u32,
    /// The yardstick, as host and port.
    #[arg(long)]
    yardstick: String,
    /// The yardstick's process id.
    #[arg(long)]
    yardstick_pid: u32,
    /// How long each scenario runs, in seconds.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// How many connections drive at once.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Only the scenarios whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Where the results go, as JSON; a Markdown table is written beside it.
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
            Command::Yardstick { listen } => yardstick::serve(&listen).await,
            Command::Run(args) => drive(&args).await,
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

/// What the benchmark fails with: it stops at the first thing that is wrong.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

async fn drive(args: &RunArgs) -> Outcome<()> {
    let shop = shop::Shop::read(&args.server).await?;
    eprintln!("{} products, {} sellable variants", shop.slugs.len(), shop.variants.len());
    let page_size = scenarios::warm_up(&args.server, &shop).await?;
    let length = Duration::from_secs(args.seconds);
    let mut results = vec![run::yardstick(args, page_size, length).await?];
    for scenario in scenarios::ALL.iter().filter(|scenario| scenario.name.contains(&args.only)) {
        let result = run::scenario(args, scenario, &shop, length).await?;
        eprintln!("{}", report::line(&result));
        results.push(result);
    }
    report::write(&args.out, &results, &shop)
}
