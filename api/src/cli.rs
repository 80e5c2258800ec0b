//! The command line: one subcommand for each role of the process.

use std::process::ExitCode;

use clap::{Parser, Subcommand, error::ErrorKind};

use crate::{
    commands::{
        doctor, init, invite, mail_preview, migrate, reindex, retention, sandbox_gateway, sdl, seed, serve, worker,
    },
    logging::{self, LogArgs},
    start::StartError,
};

/// Mercator is a headless commerce server: a GraphQL API over Postgres and, optionally, MongoDB.
///
/// A shop needs one database, one `serve` and one `worker`; run as many of both as the traffic requires. To try it out
/// without any setup, run `make run` in a checkout.
#[derive(Debug, Parser)]
#[command(name = "mercator", version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    log: LogArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the storefront API at /graphql, the admin API at /admin/graphql and GraphiQL at /.
    Serve(Box<serve::Args>),
    /// Run background jobs: captures, refunds, mail, payments with an unknown outcome.
    Worker(Box<worker::Args>),
    /// Bring the database schema up to date. Several processes can run it at the same time.
    Migrate(Box<migrate::Args>),
    /// Fill the shop with demo data. A second run changes nothing.
    Seed(Box<seed::Args>),
    /// Open a shop: owner, first channel, taxes and stock location. A second run changes nothing.
    Init(Box<init::Args>),
    /// Invite a member of staff, such as the first owner of a new shop.
    Invite(Box<invite::Args>),
    /// Write the schemas of both APIs as SDL files, or check that the files are up to date.
    Sdl(sdl::Args),
    /// Rebuild the search index from the catalog.
    Reindex(Box<reindex::Args>),
    /// Delete personal data whose period is over, as a worker does every ten minutes; or show what is due.
    Retention(Box<retention::Args>),
    /// Show a mail about a sample order or account, without a database.
    MailPreview(Box<mail_preview::Args>),
    /// Run a sandbox payment gateway, whose test tokens select the outcome of a charge.
    SandboxGateway(Box<sandbox_gateway::Args>),
    /// Report the configuration, unreachable stores, missing migrations and stuck work.
    Doctor(Box<doctor::Args>),
}

/// Runs the command in the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return report_usage(&error),
    };
    logging::start(&cli.log);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the runtime cannot start: {error}")),
    };
    match runtime.block_on(run(cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
    }
}

async fn run(command: Command) -> Result<(), StartError> {
    match command {
        Command::Serve(args) => serve::run(*args).await,
        Command::Worker(args) => worker::run(*args).await,
        Command::Migrate(args) => migrate::run(*args).await,
        Command::Seed(args) => seed::run(*args).await,
        Command::Init(args) => init::run(*args).await,
        Command::Invite(args) => invite::run(*args).await,
        Command::Sdl(args) => sdl::run(&args),
        Command::Reindex(args) => reindex::run(*args).await,
        Command::Retention(args) => retention::run(*args).await,
        Command::MailPreview(args) => mail_preview::run(&args),
        Command::SandboxGateway(args) => sandbox_gateway::run(*args).await,
        Command::Doctor(args) => doctor::run(*args).await,
    }
}

/// Prints help as it is, and a wrong argument as one line.
fn report_usage(error: &clap::Error) -> ExitCode {
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if is_help {
        // The reader may have closed the pipe.
        let _ = error.print();
        return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
    }
    eprintln!("mercator: {}; see mercator --help", one_line(&error.to_string()));
    ExitCode::from(2)
}

fn fail(message: &str) -> ExitCode {
    eprintln!("mercator: {message}");
    ExitCode::FAILURE
}

/// The message of the parser without the usage and hints.
fn one_line(message: &str) -> String {
    let lines = message.lines().take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let words: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    words.join(" ").trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_flag_and_command_has_a_description() {
        for command in Cli::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments().filter(|argument| argument.get_id() != "help") {
                assert!(argument.get_help().is_some(), "{} --{}", command.get_name(), argument.get_id());
            }
        }
    }

    #[test]
    fn a_wrong_argument_is_reported_in_one_line() {
        let error = Cli::try_parse_from(["mercator", "serve", "--listen", "nonsense"]).unwrap_err();
        let line = one_line(&error.to_string());
        assert!(line.contains("nonsense") && line.contains("--listen") && !line.contains("Usage"), "{line}");
    }
}
