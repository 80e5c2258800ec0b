//! GraphQL over HTTP, websockets and server-sent events, between axum and async-graphql. It parses requests strictly,
//! enforces limits before anything is executed, and responds as the specifications require. It knows no schema.

mod accept;
mod allowed;
mod answer;
mod document;
mod endpoint;
mod engine;
mod error_code;
mod gate;
mod hook;
mod http;
mod limits;
mod observe;
mod persisted;
mod rejection;
mod request;
mod respond;
mod single;
mod sse;
mod subscription;
mod ws;

use std::sync::Arc;

use axum::{Router, routing::any};
use tokio_util::sync::CancellationToken;

pub use crate::{
    endpoint::Endpoint,
    error_code::ErrorCode,
    gate::{ByPriority, Gate, GateLimits, Priorities, Priority, QueueLimits},
    hook::{Caller, ConnectionParams, Held, Hook, NoHook, OperationInfo, Permit, RequestId, Transport},
    limits::{Introspection, Limits, SocketLimits},
    observe::{NoObserver, Observer, Outcome, Report},
    persisted::{MemoryQueries, PersistedQueries},
    rejection::Rejection,
};

/// An endpoint and the signal that stops it.
#[derive(Clone)]
struct Mounted {
    endpoint: Arc<Endpoint>,
    shutdown: CancellationToken,
}

/// Routes each endpoint at its path. When `shutdown` is canceled, websockets and event streams are closed cleanly; plain
/// requests are left to finish.
pub fn router(
    endpoints: impl IntoIterator<Item = (&'static str, Arc<Endpoint>)>,
    shutdown: &CancellationToken,
) -> Router {
    endpoints.into_iter().fold(Router::new(), |router, (path, endpoint)| {
        let mounted = Mounted { endpoint, shutdown: shutdown.clone() };
        router.route(path, any(http::serve).with_state(mounted))
    })
}
