//! The command line: one subcommand for each role of the process.

use std::process::ExitCode;

use clap::{Parser, Subcommand, error::ErrorKind};

use crate::{
    commands::{doctor, invite, migrate, reindex, sandbox_gateway, sdl, seed, serve, worker},
    logging::{self, LogArgs},
    start::StartError,
};

/// Mercator is a headless shop: a GraphQL API over Postgres, and MongoDB if you like.
///
/// A shop needs one database, one `serve` and one `worker`; run as many of both as the traffic asks for. To look around
/// without setting anything up, run `make run` in a checkout.
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
    /// Answer requests: the storefront API at /graphql, the admin API at /admin/graphql, a console at /.
    Serve(Box<serve::Args>),
    /// Do the work that follows: captures, mail, answers that gateways owe.
    Worker(Box<worker::Args>),
    /// Bring the database schema up to date. Any number of processes may try at once.
    Migrate(Box<migrate::Args>),
    /// Fill the shop with demo data. Doing it twice changes nothing.
    Seed(Box<seed::Args>),
    /// Invite an owner: the first member of staff of a shop that is not a demo.
    Invite(Box<invite::Args>),
    /// Write the schemas of both APIs as SDL files, or check that the files are up to date.
    Sdl(sdl::Args),
    /// Build the search index again from the documents.
    Reindex(Box<reindex::Args>),
    /// Stand in for a payment service provider: a process with a durable record, behaviours by token, signed webhooks.
    SandboxGateway(Box<sandbox_gateway::Args>),
    /// Say in one page what is configured, reachable, migrated and stuck.
    Doctor(Box<doctor::Args>),
}

/// Runs the command of the process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
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
        Command::Invite(args) => invite::run(*args).await,
        Command::Sdl(args) => sdl::run(&args),
        Command::Reindex(args) => reindex::run(*args).await,
        Command::SandboxGateway(args) => sandbox_gateway::run(*args).await,
        Command::Doctor(args) => doctor::run(*args).await,
    }
}

/// Help goes out as it is; a mistake becomes one line.
fn refuse(error: &clap::Error) -> ExitCode {
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if is_help {
        // A closed pipe is no reason to complain.
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

/// The parser's message without the usage and the tips below it.
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
    fn every_flag_and_command_explains_itself() {
        for command in Cli::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments().filter(|argument| argument.get_id() != "help") {
                assert!(argument.get_help().is_some(), "{} --{}", command.get_name(), argument.get_id());
            }
        }
    }

    #[test]
    fn a_mistake_is_one_line() {
        let error = Cli::try_parse_from(["mercator", "serve", "--listen", "nonsense"]).unwrap_err();
        let line = one_line(&error.to_string());
        assert!(line.contains("nonsense") && line.contains("--listen") && !line.contains("Usage"), "{line}");
    }
}
