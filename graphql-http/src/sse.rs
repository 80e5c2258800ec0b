//! Server-sent events with one connection per operation: the distinct connections mode of graphql-sse.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream::BoxStream};

use crate::{Mounted, accept::MediaType, answer::Answer, endpoint::Endpoint, hook::Transport, respond};

/// The interval of keep-alive comments in a stream without results.
const KEEP_ALIVE: Duration = Duration::from_secs(12);
const COMPLETE: &[u8] = b"event: complete\ndata:\n\n";

/// The result of a query, a mutation or a rejected operation. An error that does not concern the document, such as a
/// missing login, is a plain response.
pub fn once(endpoint: &Endpoint, answer: &Answer) -> Response {
    if answer.status(MediaType::Json) != StatusCode::OK {
        return respond::single(endpoint, answer, MediaType::Json, Transport::EventStream);
    }
    let mut body = event(&endpoint.encode(answer, Transport::EventStream)).to_vec();
    body.extend_from_slice(COMPLETE);
    event_stream(Body::from(body))
}

/// The results of a subscription. When the server shuts down, the stream ends without `complete`, so that the client
/// reconnects.
pub fn stream(mounted: &Mounted, mut answers: BoxStream<'static, Answer>) -> Response {
    let shutdown = mounted.shutdown.clone();
    let events = async_stream::stream! {
        // A comment, so that the client sees the open connection before the first result.
        yield Ok::<_, std::convert::Infallible>(Bytes::from_static(b":\n\n"));
        loop {
            let next = tokio::select! {
                () = shutdown.cancelled() => break,
                next = tokio::time::timeout(KEEP_ALIVE, answers.next()) => next,
            };
            match next {
                Ok(Some(answer)) => yield Ok(event(&answer.encode())),
                Ok(None) => {
                    yield Ok(Bytes::from_static(COMPLETE));
                    break;
                }
                Err(_) => yield Ok(Bytes::from_static(b":\n\n")),
            }
        }
    };
    event_stream(Body::from_stream(events))
}

fn event(json: &[u8]) -> Bytes {
    [b"event: next\ndata: ".as_slice(), json, b"\n\n"].concat().into()
}

fn event_stream(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MediaType::EventStream.content_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
