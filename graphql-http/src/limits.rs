//! The limits of an endpoint. All have defaults, which the configuration of the process can change.

use std::time::Duration;

/// The limits of one request.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of a request body.
    pub body_bytes: usize,
    /// The time-out of reading the body.
    pub body_timeout: Duration,
    /// Requests in one batch.
    pub batch_size: usize,
    /// Requests of one batch that are processed concurrently.
    pub batch_concurrency: usize,
    /// Bytes of a document.
    pub query_bytes: usize,
    /// Lexical tokens of a document.
    pub tokens: usize,
    /// Depth of nested braces, brackets and parentheses.
    pub nesting: usize,
    /// Depth of nested fields.
    pub depth: u32,
    /// Aliases of one operation, counting a fragment once per spread.
    pub aliases: u64,
    /// Directives in a document.
    pub directives: usize,
    /// Fields of all operations, counting a fragment once per spread.
    pub fields: u64,
    /// Static cost of one operation.
    pub cost: u64,
    /// The time-out of a query or mutation.
    pub execution_timeout: Duration,
    /// The callers that may introspect the schema.
    pub introspection: Introspection,
    /// Bytes of the cache of parsed and validated documents.
    pub document_cache_bytes: u64,
    /// Limits of websocket connections.
    pub socket: SocketLimits,
}

/// The callers that may introspect the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Introspection {
    /// All callers.
    Public,
    /// The callers that the hook admits, see [`crate::OperationInfo::is_restricted`]. Error messages suggest no names of
    /// the schema.
    Restricted,
    /// None. Error messages suggest no names of the schema.
    Off,
}

/// The limits of one websocket connection.
#[derive(Debug, Clone)]
pub struct SocketLimits {
    /// Bytes of one message.
    pub message_bytes: usize,
    /// Bytes of the message that initializes the connection; its parameters are kept as long as the connection.
    pub init_bytes: usize,
    /// Concurrent operations.
    pub operations: usize,
    /// The time-out of initializing the connection.
    pub init_timeout: Duration,
    /// The interval of pings; the connection is closed after two without a response.
    pub keep_alive: Duration,
    /// The time-out of sending one message.
    pub send_timeout: Duration,
}

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            message_bytes: 256 * 1024,
            init_bytes: 8 * 1024,
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
            introspection: Introspection::Public,
            document_cache_bytes: 32 * 1024 * 1024,
            socket: SocketLimits::default(),
        }
    }
}
