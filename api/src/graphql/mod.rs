//! GraphQL over HTTP, websockets and server-sent events: our own thin layer between axum and the schemas. It reads requests
//! strictly, keeps them within limits before anything is executed, and answers as the specifications say.

mod accept;
mod answer;
mod document;
mod endpoint;
mod engine;
mod graphiql;
mod hook;
mod http;
mod limits;
mod observe;
mod persisted;
mod rejection;
mod request;
mod sse;
mod subscription;
mod ws;

use std::sync::Arc;

use axum::{Router, routing::any};
use tokio_util::sync::CancellationToken;

pub use self::{
    endpoint::Endpoint,
    hook::{Caller, ConnectionParams, Hook, NoHook, OperationInfo, RequestId, Transport},
    limits::{Limits, SocketLimits},
    observe::{NoObserver, Observer, Outcome, Report},
    persisted::{MemoryQueries, PersistedQueries},
    rejection::{ErrorCode, Rejection},
};

/// An endpoint at its place.
#[derive(Clone)]
struct Mounted {
    endpoint: Arc<Endpoint>,
    shutdown: CancellationToken,
}

/// The endpoints at their paths, and GraphiQL at `/`. When `shutdown` is cancelled, websockets and event streams are closed
/// cleanly; plain requests are left to finish.
pub fn router(
    endpoints: impl IntoIterator<Item = (&'static str, Arc<Endpoint>)>,
    shutdown: &CancellationToken,
) -> Router {
    endpoints.into_iter().fold(graphiql::router(), |router, (path, endpoint)| {
        let mounted = Mounted { endpoint, shutdown: shutdown.clone() };
        router.route(path, any(http::serve).with_state(mounted))
    })
}
