//! The hook by which the process authenticates callers and adds data to operations.

use std::{any::Any, sync::Arc};

use async_graphql::{Name, Request, Response, ServerError, parser::types::OperationType};
use axum::http::{HeaderMap, HeaderName, request::Parts};
use futures_util::future::{BoxFuture, FutureExt as _, ready};

use crate::{error_code::ErrorCode, rejection::Rejection};

/// The id of a request, in logs and responses. The server puts it into the extensions of the HTTP request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub Arc<str>);

/// The transport of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// A plain HTTP request.
    Http,
    /// A message on a websocket.
    WebSocket,
    /// An HTTP request whose results are sent as events.
    EventStream,
}

impl Transport {
    /// A short name for labels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::WebSocket => "websocket",
            Self::EventStream => "sse",
        }
    }
}

/// The payload of `connection_init` of a websocket.
pub type ConnectionParams = serde_json::Map<String, serde_json::Value>;

/// The sender of a request.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// The head of the HTTP request; for a websocket, of the request that opened the connection.
    pub parts: &'a Arc<Parts>,
    /// The connection parameters of a websocket.
    pub connection_params: Option<&'a Arc<ConnectionParams>>,
    /// The transport.
    pub transport: Transport,
    /// The request id.
    pub request_id: &'a str,
}

/// An operation before its execution.
#[derive(Debug, Clone)]
pub struct OperationInfo {
    /// The name; none if the operation is anonymous. Clients choose it, so limit the number of values used as a label.
    pub name: Option<Arc<str>>,
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// The root field if the operation has exactly one selection, and it is a field.
    pub only_field: Option<Name>,
    /// The static cost.
    pub cost: u64,
    /// True if the operation introspects the schema, which only some callers may; the hook rejects the others.
    pub is_restricted: bool,
}

/// Something that a client keeps open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// A websocket connection.
    WebSocket,
    /// A running subscription, over any transport.
    Subscription,
}

/// Counts something that a client keeps open, until it is dropped.
#[derive(Default)]
pub struct Permit {
    _count: Option<Box<dyn Any + Send + Sync>>,
}

impl Permit {
    /// A permit that drops `count` with itself.
    #[must_use]
    pub fn new(count: impl Any + Send + Sync) -> Self {
        Self { _count: Some(Box::new(count)) }
    }
}

/// Called by the transport around each operation.
pub trait Hook: Send + Sync + 'static {
    /// Admits a request before it is parsed: an HTTP request with a body or query string of this many bytes, the opening of
    /// a websocket, or an operation on one. Called once per request, also for a batch.
    fn receive<'a>(&'a self, _caller: Caller<'a>, _bytes: usize) -> BoxFuture<'a, Result<(), Rejection>> {
        ready(Ok(())).boxed()
    }

    /// Admits something that the client keeps open. The transport drops the permit at its end.
    fn hold<'a>(&'a self, _caller: Caller<'a>, _held: Held) -> BoxFuture<'a, Result<Permit, Rejection>> {
        ready(Ok(Permit::default())).boxed()
    }

    /// Admits a websocket connection when the client initializes it. A rejection closes it with 4403.
    fn connect<'a>(&'a self, _caller: Caller<'a>) -> BoxFuture<'a, Result<(), Rejection>> {
        ready(Ok(())).boxed()
    }

    /// Admits a subscriber again at intervals, because a subscription outlives tokens and logins. A rejection ends the
    /// subscription.
    fn recheck<'a>(&'a self, caller: Caller<'a>) -> BoxFuture<'a, Result<(), Rejection>> {
        self.connect(caller)
    }

    /// Admits a subscriber again before a result is sent. A rejection ends the subscription.
    fn result<'a>(&'a self, caller: Caller<'a>, _operation: &'a OperationInfo) -> BoxFuture<'a, Result<(), Rejection>> {
        self.recheck(caller)
    }

    /// Adds the data that resolvers need. The operation is valid and within the limits.
    fn prepare<'a>(
        &'a self,
        caller: Caller<'a>,
        operation: &'a OperationInfo,
        request: Request,
    ) -> BoxFuture<'a, Result<Request, Rejection>>;

    /// True if the hook reads this header. A websocket keeps no others of the request that opened it.
    fn reads(&self, _header: &HeaderName) -> bool {
        true
    }

    /// The code of an error that a resolver returned, from the error's source. None when the source is not known to the
    /// process; the transport then decides from the error itself.
    fn error_code(&self, _error: &ServerError) -> Option<ErrorCode> {
        None
    }

    /// The text of an error in the log: its message and those of its sources.
    fn log_message(&self, error: &ServerError) -> String {
        error.message.clone()
    }

    /// Adds headers to the response of an operation that was executed over HTTP.
    fn headers(&self, _caller: Caller<'_>, _operation: &OperationInfo, _response: &Response, _headers: &mut HeaderMap) {
    }
}

/// A hook that does nothing.
pub struct NoHook;

impl Hook for NoHook {
    fn prepare<'a>(
        &'a self,
        _caller: Caller<'a>,
        _operation: &'a OperationInfo,
        request: Request,
    ) -> BoxFuture<'a, Result<Request, Rejection>> {
        ready(Ok(request)).boxed()
    }
}
