//! What the process adds to a request: who asks, in which context, with which data. The GraphQL layer itself knows nothing
//! about the shop.

use std::sync::Arc;

use async_graphql::{Name, Request, Response, ServerError, parser::types::OperationType};
use axum::http::{HeaderMap, request::Parts};
use futures_util::future::{BoxFuture, FutureExt as _, ready};

use crate::{error_code::ErrorCode, rejection::Rejection};

/// The id of a request, as logged and as sent back; put into the HTTP request's extensions by the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub Arc<str>);

/// How a request came.
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

/// What a client sent when it initialised its websocket connection.
pub type ConnectionParams = serde_json::Map<String, serde_json::Value>;

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// The head of the HTTP request; of the one that opened the connection, for a websocket.
    pub parts: &'a Arc<Parts>,
    /// What came with the websocket connection.
    pub connection_params: Option<&'a Arc<ConnectionParams>>,
    /// How the request came.
    pub transport: Transport,
    /// The request's id.
    pub request_id: &'a str,
}

/// What is known about an operation before it runs.
#[derive(Debug, Clone)]
pub struct OperationInfo {
    /// Its name, if it has one. Chosen by the client: bound it before using it as a label.
    pub name: Option<Arc<str>>,
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// The field at its root, where there is one and nothing else.
    pub only_field: Option<Name>,
    /// Its static cost.
    pub cost: u64,
}

/// What the process does around each operation.
pub trait Hook: Send + Sync + 'static {
    /// Admits a websocket connection when the client initialises it. Refusing closes it with 4403.
    fn connect<'a>(&'a self, _caller: Caller<'a>) -> BoxFuture<'a, Result<(), Rejection>> {
        ready(Ok(())).boxed()
    }

    /// Says whether a subscriber may still be told something; asked before each result, because a subscription outlives
    /// tokens and logins. Refusing ends the subscription.
    fn recheck<'a>(&'a self, caller: Caller<'a>) -> BoxFuture<'a, Result<(), Rejection>> {
        self.connect(caller)
    }

    /// Puts into the request's data what resolvers need. The operation is known to be valid and within the limits.
    fn prepare<'a>(
        &'a self,
        caller: Caller<'a>,
        operation: &'a OperationInfo,
        request: Request,
    ) -> BoxFuture<'a, Result<Request, Rejection>>;

    /// The code of an error that a resolver returned, from the error's source. None when the source is not known to the
    /// process; the transport then decides from the error itself.
    fn error_code(&self, _error: &ServerError) -> Option<ErrorCode> {
        None
    }

    /// The text of an error in the log: its message and those of its sources.
    fn log_message(&self, error: &ServerError) -> String {
        error.message.clone()
    }

    /// Adds headers to the answer of an operation that was executed over HTTP.
    fn headers(&self, _caller: Caller<'_>, _operation: &OperationInfo, _response: &Response, _headers: &mut HeaderMap) {
    }
}

/// Adds nothing.
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
