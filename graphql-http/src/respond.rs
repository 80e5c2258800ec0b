//! HTTP responses with JSON bodies.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};

use crate::{accept::MediaType, answer::Answer, endpoint::Endpoint, hook::Transport};

/// The response to a single request.
pub fn single(endpoint: &Endpoint, answer: &Answer, media_type: MediaType, transport: Transport) -> Response {
    let media_type = if media_type == MediaType::EventStream { MediaType::Json } else { media_type };
    let body = endpoint.encode(answer, transport);
    let mut response = respond(
        endpoint.vary,
        answer.status(media_type),
        media_type,
        answer.headers.clone(),
        answer.retry_after(),
        body,
    );
    if let Some(operation) = &answer.operation {
        response.extensions_mut().insert(operation.clone());
    }
    response
}

/// A response with a JSON body.
pub fn respond(
    vary: &'static str,
    status: StatusCode,
    media_type: MediaType,
    headers: HeaderMap,
    retry_after: Option<Duration>,
    body: Vec<u8>,
) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type.content_type()));
    headers.append(header::VARY, HeaderValue::from_static(vary));
    if let Some(after) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if !status.is_success() || !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if status == StatusCode::METHOD_NOT_ALLOWED { with_allow(response) } else { response }
}

/// Adds the allowed methods.
pub fn with_allow(mut response: Response) -> Response {
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST, OPTIONS"));
    response
}
