//! The least a server can do: a bare axum handler with an answer of the same size.

use axum::{
    Router,
    body::Bytes,
    http::{StatusCode, header},
    routing::post,
};

use crate::Outcome;

/// The largest answer that can be asked for, in bytes.
const MOST: usize = 1024 * 1024;

/// Answers a request for `/<size>` with so many bytes, until it is killed.
pub async fn serve(listen: &str) -> Outcome<()> {
    let plenty = Bytes::from(vec![b'x'; MOST]);
    let answer = move |axum::extract::Path(size): axum::extract::Path<usize>, _request: Bytes| {
        let body = (size <= MOST).then(|| plenty.slice(..size)).ok_or(StatusCode::BAD_REQUEST);
        async move { body.map(|body| ([(header::CONTENT_TYPE, "application/json")], body)) }
    };
    let listener = tokio::net::TcpListener::bind(listen).await?;
    axum::serve(listener, Router::new().route("/", axum::routing::get(|| async {})).route("/{size}", post(answer)))
        .await?;
    Ok(())
}
