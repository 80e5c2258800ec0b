//! Middleware of every request: request id, log line, metrics, `nosniff`, and closing connections while the process
//! stops.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{
        HeaderName, HeaderValue,
        header::{CONNECTION, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::Next,
    response::Response,
};
use graphql_http::RequestId;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::state::Server;

/// The header with the request id, in requests and responses.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id that the client sent if it is short and plain ASCII, else a new one.
fn id_of(request: &Request) -> RequestId {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let is_plain = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    RequestId(given.filter(is_plain).map_or_else(|| Uuid::now_v7().to_string().into(), Into::into))
}

/// Assigns the request id, counts the request and logs its result.
pub async fn observe(State(server): State<Arc<Server>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let in_flight = server.metrics.start_http();
    let id = id_of(&request);
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", id = %id.0);
    let mut response = next.run(request).instrument(span.clone()).await;
    drop(in_flight);
    let took = started.elapsed();
    let status = response.status().as_u16();
    server.metrics.finish_http(&route, status, took);
    span.in_scope(|| tracing::debug!(%method, route, status, ?took, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if server.stop.is_cancelled() {
        // The client sends its next request to another process instead of on a connection that is about to close.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
