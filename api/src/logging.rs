//! Logging to standard error: text on a terminal, JSON elsewhere.

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter,
    filter::{ParseError, filter_fn},
    fmt,
    prelude::*,
};

/// The settings of logging.
#[derive(Debug, Args)]
pub struct LogArgs {
    /// Log level, or levels by module such as `info,services=debug`.
    #[arg(long = "log", env = "MERCATOR_LOG", default_value = "info", global = true, value_parser = checked_filter)]
    filter: String,
    /// Format of log lines; by default human on a terminal and json elsewhere.
    #[arg(long = "log-format", env = "MERCATOR_LOG_FORMAT", value_enum, global = true)]
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Text.
    Human,
    /// One JSON object per line.
    Json,
}

/// Rejects a malformed filter.
fn checked_filter(text: &str) -> Result<String, ParseError> {
    EnvFilter::try_new(text).map(|_| text.to_owned())
}

/// False for the messages of the Postgres client below `warn`: they contain the parameters of statements, such as
/// password hashes and e-mail addresses. No filter can turn them on.
fn is_free_of_parameters(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::WARN || !metadata.target().starts_with("tokio_postgres")
}

/// Starts logging.
pub fn start(args: &LogArgs) {
    let filter = EnvFilter::new(&args.filter);
    let default = if std::io::stderr().is_terminal() { Format::Human } else { Format::Json };
    let registry = tracing_subscriber::registry().with(filter).with(filter_fn(is_free_of_parameters));
    // Only tests start logging twice; the second call has no effect.
    let _ = match args.format.unwrap_or(default) {
        Format::Human => registry.with(fmt::layer().with_writer(std::io::stderr).with_target(false)).try_init(),
        Format::Json => {
            let json = fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false);
            registry.with(json.with_writer(std::io::stderr)).try_init()
        }
    };
}
