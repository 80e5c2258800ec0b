//! GraphQL over HTTP: one request, or a batch, by GET or POST.

use std::sync::Arc;

use axum::{
    body::{Body as RequestBody, Bytes, HttpBody as _},
    extract::{FromRequestParts as _, State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
};
use futures_util::{StreamExt as _, stream};

use crate::{
    Mounted,
    accept::{MediaType, require_json},
    allowed::Allowed,
    answer::Answer,
    endpoint::{Endpoint, Reply},
    hook::{Caller, Held, RequestId, Transport},
    rejection::Rejection,
    request::{Body, Params, bad_request},
    respond::{respond, single, with_allow},
    sse, ws,
};

/// A body of up to this many times the limit is read and discarded: most clients read a response only after they have
/// sent the whole body.
const DRAIN_FACTOR: usize = 8;

/// Serves an endpoint: by GET and POST, as server-sent events, or over a websocket.
pub async fn serve(State(mounted): State<Mounted>, request: axum::extract::Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let request_id = parts
        .extensions
        .get::<RequestId>()
        .map_or_else(|| uuid::Uuid::now_v7().to_string(), |request_id| request_id.0.to_string());
    if is_upgrade(&parts) {
        let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await;
        return upgrade_answer(upgrade, mounted, parts, &request_id).await;
    }
    if let Some(page) = mounted.endpoint.page.filter(|_| wants_page(&parts)) {
        return Redirect::to(page).into_response();
    }
    match parts.method {
        Method::GET | Method::POST => answer(&mounted, &Arc::new(parts), body, &request_id).await,
        Method::OPTIONS => with_allow(StatusCode::NO_CONTENT.into_response()),
        _ => {
            let rejection = Rejection::input("use GET or POST").status(StatusCode::METHOD_NOT_ALLOWED);
            let answer = Answer::rejected(rejection);
            single(&mounted.endpoint, &answer, MediaType::Json, Transport::Http)
        }
    }
}

async fn upgrade_answer(
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    mounted: Mounted,
    parts: Parts,
    request_id: &str,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let (endpoint, parts) = (&mounted.endpoint, Arc::new(parts));
    let caller = Caller { parts: &parts, connection_params: None, transport: Transport::WebSocket, request_id };
    let admitted = match endpoint.receive(caller, 0).await {
        Ok(()) => endpoint.hook.hold(caller, Held::WebSocket).await,
        Err(rejection) => Err(rejection),
    };
    match admitted {
        Ok(permit) => ws::accept(upgrade, mounted, &parts, permit),
        // A plain response, because it costs less than a connection that is closed at once.
        Err(rejection) => {
            let answer = Answer::rejected(rejection.with_request_id(request_id));
            single(endpoint, &answer, MediaType::GraphqlResponse, Transport::WebSocket)
        }
    }
}

async fn answer(mounted: &Mounted, parts: &Arc<Parts>, body: RequestBody, request_id: &str) -> Response {
    let endpoint = &*mounted.endpoint;
    let media_type = match MediaType::negotiate(&parts.headers) {
        Ok(media_type) => media_type,
        Err(rejection) => {
            return single(endpoint, &Answer::rejected(rejection), MediaType::Json, Transport::Http);
        }
    };
    let transport = if media_type == MediaType::EventStream { Transport::EventStream } else { Transport::Http };
    let caller = Caller { parts, connection_params: None, transport, request_id };
    let allowed =
        Allowed { mutations: parts.method == Method::POST, subscriptions: transport == Transport::EventStream };
    match read(endpoint, caller, body).await {
        Err(rejection) => single(endpoint, &Answer::rejected(rejection), media_type, transport),
        Ok(Body::Batch(_)) if transport == Transport::EventStream => {
            let rejection = bad_request("a batch cannot be answered with events");
            single(endpoint, &Answer::rejected(rejection), media_type, transport)
        }
        Ok(Body::Batch(requests)) => batch(endpoint, requests, caller, media_type, allowed).await,
        Ok(Body::Single(params)) => match endpoint.handle(*params, caller, allowed).await {
            Reply::Single(answer) if transport == Transport::EventStream => sse::once(endpoint, &answer),
            Reply::Single(answer) => single(endpoint, &answer, media_type, transport),
            Reply::Stream(answers) => sse::stream(mounted, answers),
        },
    }
}

/// The parameters of the request: from the query string of a GET, from the JSON body of a POST. The request is admitted
/// before its body is read, or after that if it does not declare its length.
async fn read(endpoint: &Endpoint, caller: Caller<'_>, body: RequestBody) -> Result<Body, Rejection> {
    let (parts, limits) = (caller.parts, &endpoint.limits);
    if parts.method == Method::GET {
        let query = parts.uri.query().unwrap_or_default();
        endpoint.receive(caller, query.len()).await?;
        return Ok(Body::Single(Box::new(Params::from_query_string(query)?)));
    }
    let declared = body.size_hint().exact();
    if let Some(length) = declared {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        endpoint.receive(caller, length.min(limits.body_bytes)).await?;
    }
    require_json(&parts.headers)?;
    let bytes = tokio::time::timeout(limits.body_timeout, collect(body, limits.body_bytes))
        .await
        .map_err(|_| Rejection::input("the body did not arrive in time").status(StatusCode::REQUEST_TIMEOUT))??;
    if declared.is_none() {
        endpoint.receive(caller, bytes.len()).await?;
    }
    Body::from_json(&bytes, limits.batch_size)
}

/// The whole body if it is within the limit; a larger one is discarded, see [`DRAIN_FACTOR`].
async fn collect(body: RequestBody, limit: usize) -> Result<Bytes, Rejection> {
    let too_large =
        || Rejection::input(format!("the body is larger than {limit} bytes")).status(StatusCode::PAYLOAD_TOO_LARGE);
    let mut chunks = body.into_data_stream();
    let mut collected = Vec::new();
    let mut length = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| bad_request("the body cannot be read"))?;
        length = length.saturating_add(chunk.len());
        if length > limit.saturating_mul(DRAIN_FACTOR) {
            return Err(too_large());
        }
        if length <= limit {
            collected.extend_from_slice(&chunk);
        } else {
            collected = Vec::new();
        }
    }
    if length > limit { Err(too_large()) } else { Ok(collected.into()) }
}

/// Processes a batch: sequentially if it can contain a mutation, else concurrently.
async fn batch(
    endpoint: &Endpoint,
    requests: Vec<Params>,
    caller: Caller<'_>,
    media_type: MediaType,
    allowed: Allowed,
) -> Response {
    let may_mutate = |params: &Params| params.query.as_ref().is_none_or(|query| query.contains("mutation"));
    let concurrency = if requests.iter().any(may_mutate) { 1 } else { endpoint.limits.batch_concurrency.max(1) };
    let budget = endpoint.budget();
    let replies: Vec<Reply> = stream::iter(requests)
        .map(|params| endpoint.handle_within(params, caller, allowed, &budget))
        .buffered(concurrency)
        .collect()
        .await;
    let answers: Vec<Answer> = replies
        .into_iter()
        .map(|reply| match reply {
            Reply::Single(answer) => *answer,
            // A batch does not allow subscriptions.
            Reply::Stream(_) => Answer::rejected(Rejection::internal()),
        })
        .collect();
    let mut body = Vec::from(b"[");
    for (at, answer) in answers.iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        body.extend(endpoint.encode(answer, caller.transport));
    }
    body.push(b']');
    let mut statuses = answers.iter().map(|answer| answer.status(media_type));
    let first = statuses.next().unwrap_or(StatusCode::OK);
    let status = if statuses.all(|status| status == first) { first } else { StatusCode::OK };
    let retry_after = answers.iter().filter_map(Answer::retry_after).max();
    let mut headers = HeaderMap::new();
    for answer in answers {
        headers.extend(answer.headers);
    }
    respond(endpoint.vary, status, media_type, headers, retry_after, body)
}

fn is_upgrade(parts: &Parts) -> bool {
    parts.headers.get(header::UPGRADE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// True if a person opened the endpoint in a browser.
fn wants_page(parts: &Parts) -> bool {
    if parts.method != Method::GET {
        return false;
    }
    let accept = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let query = parts.uri.query().unwrap_or_default();
    accept.contains("text/html") && !query.contains("query=") && !query.contains("extensions=")
}
