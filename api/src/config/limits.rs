//! Limits of GraphQL requests.

use std::{num::NonZero, thread::available_parallelism, time::Duration};

use clap::{Args, ValueEnum};
use graphql_http::{GateLimits, Introspection, Limits};

/// Concurrent operations for each core: reads answered from memory, and time spent on other systems.
const OPERATIONS_PER_CORE: usize = 8;

/// Concurrent operations for each connection to Postgres: half of them hold none at any time.
const OPERATIONS_PER_DB_CONNECTION: usize = 2;

/// The callers that may introspect the schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Who {
    /// Everyone.
    Public,
    /// Staff and API tokens.
    Staff,
    /// Nobody.
    Off,
}

/// The limits of GraphQL requests.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits of GraphQL requests")]
pub struct LimitArgs {
    /// Bytes of a request body.
    #[arg(long, env = "MERCATOR_MAX_BODY_BYTES", default_value_t = 1024 * 1024)]
    max_body_bytes: usize,
    /// Requests in one batch.
    #[arg(long, env = "MERCATOR_MAX_BATCH", default_value_t = 10)]
    max_batch: usize,
    /// Lexical tokens of a document.
    #[arg(long, env = "MERCATOR_MAX_TOKENS", default_value_t = 10_000)]
    max_tokens: usize,
    /// Depth of nested fields.
    #[arg(long, env = "MERCATOR_MAX_DEPTH", default_value_t = 20)]
    max_depth: u32,
    /// Aliases of one operation.
    #[arg(long, env = "MERCATOR_MAX_ALIASES", default_value_t = 100)]
    max_aliases: u64,
    /// Static cost of one operation; every response contains its cost in extensions.cost.
    #[arg(long, env = "MERCATOR_MAX_COST", default_value_t = 10_000)]
    max_cost: u64,
    /// Time-out of a query or mutation in milliseconds.
    #[arg(long, env = "MERCATOR_EXECUTION_MS", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(10..=600_000))]
    execution_ms: u64,
    /// Callers that may introspect the schemas; by default everyone in a demo, else staff and API tokens. `mercator sdl`
    /// writes the schemas to files.
    #[arg(long, env = "MERCATOR_INTROSPECTION", value_enum)]
    introspection: Option<Who>,
    /// Concurrent operations of this process; by default 8 for each core, and at least 2 for each database connection.
    /// Under overload others wait by priority for at most two seconds, or are rejected with 503: payments and completions
    /// come first, then carts, then the admin API, then pages.
    #[arg(long, env = "MERCATOR_MAX_OPERATIONS", value_parser = clap::value_parser!(u16).range(4..))]
    max_operations: Option<u16>,
}

impl LimitArgs {
    /// The limits of both endpoints.
    #[must_use]
    pub fn limits(&self, is_demo: bool) -> Limits {
        let introspection = match self.introspection {
            Some(Who::Public) => Introspection::Public,
            Some(Who::Off) => Introspection::Off,
            None if is_demo => Introspection::Public,
            Some(Who::Staff) | None => Introspection::Restricted,
        };
        Limits {
            body_bytes: self.max_body_bytes,
            batch_size: self.max_batch,
            tokens: self.max_tokens,
            depth: self.max_depth,
            aliases: self.max_aliases,
            cost: self.max_cost,
            execution_timeout: Duration::from_millis(self.execution_ms),
            introspection,
            ..Limits::default()
        }
    }

    /// The limits of concurrent operations, for a process with this number of connections to Postgres.
    #[must_use]
    pub fn gate(&self, db_connections: usize) -> GateLimits {
        let cores = available_parallelism().map_or(1, NonZero::get);
        let by_cores = cores.saturating_mul(OPERATIONS_PER_CORE);
        let derived = by_cores.max(db_connections.saturating_mul(OPERATIONS_PER_DB_CONNECTION));
        GateLimits::of(self.max_operations.map_or(derived, usize::from))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        limits: LimitArgs,
    }

    fn args(arguments: &[&str]) -> LimitArgs {
        Cli::parse_from([&["test"], arguments].concat()).limits
    }

    #[test]
    fn introspection_is_public_in_a_demo_only() {
        let of = |arguments: &[&str], is_demo: bool| args(arguments).limits(is_demo).introspection;
        assert_eq!(of(&[], true), Introspection::Public);
        assert_eq!(of(&[], false), Introspection::Restricted);
        assert_eq!(of(&["--introspection", "public"], false), Introspection::Public);
        assert_eq!(of(&["--introspection", "staff"], true), Introspection::Restricted);
        assert_eq!(of(&["--introspection", "off"], true), Introspection::Off);
    }

    #[test]
    fn concurrent_operations_follow_the_database_connections() {
        assert!(args(&[]).gate(10_000).concurrent >= 20_000);
        assert_eq!(args(&["--max-operations", "40"]).gate(10_000).concurrent, 40);
    }
}
