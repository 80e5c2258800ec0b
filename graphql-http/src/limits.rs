//! The limits of an endpoint. All are on by default; the process's configuration may change them.

use std::time::Duration;

/// What one request may ask for, and for how long.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// How long the client may take to send the body.
    pub body_timeout: Duration,
    /// Requests in one batch.
    pub batch_size: usize,
    /// Requests of one batch that run at the same time.
    pub batch_concurrency: usize,
    /// Bytes of a document.
    pub query_bytes: usize,
    /// Lexical tokens of a document.
    pub tokens: usize,
    /// Braces, brackets and parentheses inside one another.
    pub nesting: usize,
    /// Fields inside one another.
    pub depth: u32,
    /// Aliases of one operation, fragments included each time they are spread.
    pub aliases: u64,
    /// Directives in a document.
    pub directives: usize,
    /// Fields of all operations, fragments included each time they are spread.
    pub fields: u64,
    /// Static cost of one operation.
    pub cost: u64,
    /// How long a query or mutation may run.
    pub execution_timeout: Duration,
    /// Whether the schema may be asked about itself.
    pub introspection: bool,
    /// Bytes of documents kept parsed and validated.
    pub document_cache_bytes: u64,
    /// Limits of websocket connections.
    pub socket: SocketLimits,
}

/// What one websocket connection may do.
#[derive(Debug, Clone)]
pub struct SocketLimits {
    /// Bytes of one message.
    pub message_bytes: usize,
    /// Operations that run at the same time.
    pub operations: usize,
    /// How long the client may take to initialise the connection.
    pub init_timeout: Duration,
    /// How often the connection is checked; a client that misses two checks is gone.
    pub keep_alive: Duration,
    /// How long one message may take to be taken over by the client.
    pub send_timeout: Duration,
}

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            message_bytes: 256 * 1024,
            operations: 100,
            init_timeout: Duration::from_secs(10),
            keep_alive: Duration::from_secs(15),
            send_timeout: Duration::from_secs(20),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            body_timeout: Duration::from_secs(15),
            batch_size: 10,
            batch_concurrency: 4,
            query_bytes: 128 * 1024,
            tokens: 10_000,
            nesting: 50,
            depth: 20,
            aliases: 100,
            directives: 100,
            fields: 10_000,
            cost: 10_000,
            execution_timeout: Duration::from_secs(10),
            introspection: true,
            document_cache_bytes: 32 * 1024 * 1024,
            socket: SocketLimits::default(),
        }
    }
}
