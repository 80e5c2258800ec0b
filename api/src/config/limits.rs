//! Limits of GraphQL requests.

use std::time::Duration;

use clap::Args;
use graphql_http::Limits;

/// The limits of one GraphQL request.
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
    /// Allow introspection of the schemas.
    #[arg(long, env = "MERCATOR_INTROSPECTION", default_value_t = true, action = clap::ArgAction::Set)]
    introspection: bool,
}

impl LimitArgs {
    /// The limits of both endpoints.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            body_bytes: self.max_body_bytes,
            batch_size: self.max_batch,
            tokens: self.max_tokens,
            depth: self.max_depth,
            aliases: self.max_aliases,
            cost: self.max_cost,
            execution_timeout: Duration::from_millis(self.execution_ms),
            introspection: self.introspection,
            ..Limits::default()
        }
    }
}
